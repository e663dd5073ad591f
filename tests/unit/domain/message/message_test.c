/* SPDX-License-Identifier: MIT */
/* message_test.c — what people write, and what is made of it; what is wrong, and what they are told. */
#include "message/cases.h"
#include "support/test.h"

WQ_TEST(shapes)
{
	WQ_CHECK("cases", cases_check("shapes.txt") > 10);
}

WQ_TEST_MAIN(WQ_CASE(shapes))
