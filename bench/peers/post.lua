-- SPDX-License-Identifier: MIT
-- post.lua — what wrk sends: a POST of 700 bytes.
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = '{"pad":"' .. string.rep("x", 690) .. '"}'
