/* SPDX-License-Identifier: MIT */
/* message_test.c — what people write, and what is made of it; what is wrong, and what they are told. */
#include "message/cases.h"
#include "support/test.h"

WQ_TEST(shapes)
{
	WQ_CHECK("cases", cases_check("shapes.txt") > 10);
}

WQ_TEST(envelopes)
{
	WQ_CHECK("cases", cases_check("envelope.txt") > 70);
}

WQ_TEST(contents)
{
	WQ_CHECK("cases", cases_check("contents.txt") > 70);
}

WQ_TEST(graph)
{
	WQ_CHECK("cases", cases_check("graph.txt") > 15);
}

WQ_TEST(templates)
{
	WQ_CHECK("cases", cases_check("templates.txt") > 50);
}

WQ_TEST(interactive)
{
	WQ_CHECK("cases", cases_check("interactive.txt") > 60);
}

WQ_TEST(evolution)
{
	WQ_CHECK("cases", cases_check("evolution.txt") > 40);
}

WQ_TEST_MAIN(WQ_CASE(shapes), WQ_CASE(envelopes), WQ_CASE(contents), WQ_CASE(graph),
             WQ_CASE(templates), WQ_CASE(interactive), WQ_CASE(evolution))
