/* SPDX-License-Identifier: MIT */
#pragma once
/* check_cases.h — what check_test.c asks: bodies that Meta takes, and bodies that it refuses, with code and words. */

/* clang-format off: a row each */
static const struct { const char *what, *body; } good[] = {
	{ "audio voice",
	  "{\"messaging_product\":\"whatsapp\",\"recipient_type\":\"individual\",\"to\":\"+593900000011\",\"type\":"
	  "\"audio\",\"audio\":{\"id\":\"610000000000022\",\"voice\":true}}" },
	{ "bsuid recipient",
	  "{\"messaging_product\":\"whatsapp\",\"recipient_type\":\"individual\",\"recipient\":\"US.700100200300400"
	  "50062\",\"type\":\"text\",\"text\":{\"body\":\"Hola\"}}" },
	{ "contacts",
	  "{\"messaging_product\":\"whatsapp\",\"recipient_type\":\"individual\",\"to\":\"+593900000011\",\"type\":"
	  "\"contacts\",\"contacts\":[{\"name\":{\"formatted_name\":\"Recepción Demo\",\"first_name\":\"Recepción\""
	  "},\"phones\":[{\"phone\":\"+12025550100\",\"wa_id\":\"12025550100\",\"type\":\"WORK\"}]}]}" },
	{ "document link",
	  "{\"messaging_product\":\"whatsapp\",\"recipient_type\":\"individual\",\"to\":\"+593900000011\",\"type\":"
	  "\"document\",\"document\":{\"link\":\"https://cdn.example.com/f.pdf\",\"filename\":\"Factura 001.pdf\",\""
	  "caption\":\"Su factura\"}}" },
	{ "group",
	  "{\"messaging_product\":\"whatsapp\",\"recipient_type\":\"group\",\"to\":\"Y2FwaV9ncm91cDpkZW1vMDAwMQ==\""
	  ",\"type\":\"text\",\"text\":{\"body\":\"Aviso al grupo\"}}" },
	{ "identity check",
	  "{\"messaging_product\":\"whatsapp\",\"recipient_type\":\"individual\",\"to\":\"+593900000011\",\"recipie"
	  "nt_identity_key_hash\":\"F4k3H4sh0001=\",\"type\":\"text\",\"text\":{\"body\":\"Dato sensible\"}}" },
	{ "image link",
	  "{\"messaging_product\":\"whatsapp\",\"recipient_type\":\"individual\",\"to\":\"+593900000011\",\"type\":"
	  "\"image\",\"image\":{\"link\":\"https://cdn.example.com/a.jpg?v=1\",\"caption\":\"Antes y después\"}}" },
	{ "interactive buttons",
	  "{\"messaging_product\":\"whatsapp\",\"recipient_type\":\"individual\",\"to\":\"+593900000011\",\"type\":"
	  "\"interactive\",\"interactive\":{\"type\":\"button\",\"header\":{\"type\":\"image\",\"image\":{\"id\":\""
	  "610000000000021\"}},\"body\":{\"text\":\"Elija una opción\"},\"footer\":{\"text\":\"Clínica Demo\"},\"ac"
	  "tion\":{\"buttons\":[{\"type\":\"reply\",\"reply\":{\"id\":\"slot_10\",\"title\":\"10:00\"}},{\"type\":\""
	  "reply\",\"reply\":{\"id\":\"slot_11\",\"title\":\"11:00\"}},{\"type\":\"reply\",\"reply\":{\"id\":\"otro"
	  "\",\"title\":\"Otra hora\"}}]}}}" },
	{ "interactive carousel products",
	  "{\"messaging_product\":\"whatsapp\",\"recipient_type\":\"individual\",\"to\":\"+593900000011\",\"type\":"
	  "\"interactive\",\"interactive\":{\"type\":\"carousel\",\"body\":{\"text\":\"Elija una opción\"},\"action"
	  "\":{\"cards\":[{\"card_index\":0,\"type\":\"product\",\"action\":{\"product_retailer_id\":\"SKU-TAZA-01\""
	  ",\"catalog_id\":\"700800900100200\"}},{\"card_index\":1,\"type\":\"product\",\"action\":{\"product_retai"
	  "ler_id\":\"SKU-TAZA-02\",\"catalog_id\":\"700800900100200\"}}]}}}" },
	{ "interactive carousel url",
	  "{\"messaging_product\":\"whatsapp\",\"recipient_type\":\"individual\",\"to\":\"+593900000011\",\"type\":"
	  "\"interactive\",\"interactive\":{\"type\":\"carousel\",\"body\":{\"text\":\"Elija una opción\"},\"action"
	  "\":{\"cards\":[{\"card_index\":0,\"type\":\"cta_url\",\"header\":{\"type\":\"image\",\"image\":{\"link\""
	  ":\"https://cdn.example.com/c0.jpg\"}},\"body\":{\"text\":\"Tarjeta 0\"},\"action\":{\"name\":\"cta_url\""
	  ",\"parameters\":{\"display_text\":\"Ver\",\"url\":\"https://example.com/c/0\"}}},{\"card_index\":1,\"typ"
	  "e\":\"cta_url\",\"header\":{\"type\":\"image\",\"image\":{\"link\":\"https://cdn.example.com/c1.jpg\"}},"
	  "\"body\":{\"text\":\"Tarjeta 1\"},\"action\":{\"name\":\"cta_url\",\"parameters\":{\"display_text\":\"Ve"
	  "r\",\"url\":\"https://example.com/c/1\"}}}]}}}" },
	{ "interactive catalog",
	  "{\"messaging_product\":\"whatsapp\",\"recipient_type\":\"individual\",\"to\":\"+593900000011\",\"type\":"
	  "\"interactive\",\"interactive\":{\"type\":\"catalog_message\",\"body\":{\"text\":\"Elija una opción\"},\""
	  "action\":{\"name\":\"catalog_message\",\"parameters\":{\"thumbnail_product_retailer_id\":\"SKU-TAZA-01\""
	  "}}}}" },
	{ "interactive cta url",
	  "{\"messaging_product\":\"whatsapp\",\"recipient_type\":\"individual\",\"to\":\"+593900000011\",\"type\":"
	  "\"interactive\",\"interactive\":{\"type\":\"cta_url\",\"body\":{\"text\":\"Elija una opción\"},\"action\""
	  ":{\"name\":\"cta_url\",\"parameters\":{\"display_text\":\"Reservar\",\"url\":\"https://example.com/r?c=1"
	  "\"}}}}" },
	{ "interactive flow",
	  "{\"messaging_product\":\"whatsapp\",\"recipient_type\":\"individual\",\"to\":\"+593900000011\",\"type\":"
	  "\"interactive\",\"interactive\":{\"type\":\"flow\",\"body\":{\"text\":\"Elija una opción\"},\"action\":{"
	  "\"name\":\"flow\",\"parameters\":{\"flow_message_version\":\"3\",\"flow_id\":\"660000000000001\",\"flow_"
	  "cta\":\"Llenar\",\"flow_token\":\"ft-0001\",\"flow_action\":\"navigate\",\"flow_action_payload\":{\"scre"
	  "en\":\"DATOS\",\"data\":{\"nombre\":\"Lucía\"}},\"mode\":\"published\"}}}}" },
	{ "interactive list",
	  "{\"messaging_product\":\"whatsapp\",\"recipient_type\":\"individual\",\"to\":\"+593900000011\",\"type\":"
	  "\"interactive\",\"interactive\":{\"type\":\"list\",\"header\":{\"type\":\"text\",\"text\":\"Servicios\"}"
	  ",\"body\":{\"text\":\"Elija una opción\"},\"action\":{\"button\":\"Ver servicios\",\"sections\":[{\"titl"
	  "e\":\"Dental\",\"rows\":[{\"id\":\"svc_limpieza\",\"title\":\"Limpieza\",\"description\":\"45 min\"},{\""
	  "id\":\"svc_blanq\",\"title\":\"Blanqueamiento\"}]},{\"title\":\"Otros\",\"rows\":[{\"id\":\"svc_otro\",\""
	  "title\":\"Otro\"}]}]}}}" },
	{ "interactive location request",
	  "{\"messaging_product\":\"whatsapp\",\"recipient_type\":\"individual\",\"to\":\"+593900000011\",\"type\":"
	  "\"interactive\",\"interactive\":{\"type\":\"location_request_message\",\"body\":{\"text\":\"Comparta su "
	  "ubicación\"},\"action\":{\"name\":\"send_location\"}}}" },
	{ "interactive product",
	  "{\"messaging_product\":\"whatsapp\",\"recipient_type\":\"individual\",\"to\":\"+593900000011\",\"type\":"
	  "\"interactive\",\"interactive\":{\"type\":\"product\",\"body\":{\"text\":\"Elija una opción\"},\"action\""
	  ":{\"catalog_id\":\"700800900100200\",\"product_retailer_id\":\"SKU-TAZA-01\"}}}" },
	{ "interactive product list",
	  "{\"messaging_product\":\"whatsapp\",\"recipient_type\":\"individual\",\"to\":\"+593900000011\",\"type\":"
	  "\"interactive\",\"interactive\":{\"type\":\"product_list\",\"header\":{\"type\":\"text\",\"text\":\"Catá"
	  "logo\"},\"body\":{\"text\":\"Elija una opción\"},\"action\":{\"catalog_id\":\"700800900100200\",\"sectio"
	  "ns\":[{\"title\":\"Tazas\",\"product_items\":[{\"product_retailer_id\":\"SKU-TAZA-01\"},{\"product_retai"
	  "ler_id\":\"SKU-TAZA-02\"}]}]}}}" },
	{ "interactive request contact info",
	  "{\"messaging_product\":\"whatsapp\",\"recipient_type\":\"individual\",\"to\":\"+593900000011\",\"type\":"
	  "\"interactive\",\"interactive\":{\"type\":\"request_contact_info\",\"body\":{\"text\":\"¿Nos comparte su"
	  " número?\"},\"action\":{\"name\":\"request_contact_info\"}}}" },
	{ "location",
	  "{\"messaging_product\":\"whatsapp\",\"recipient_type\":\"individual\",\"to\":\"+593900000011\",\"type\":"
	  "\"location\",\"location\":{\"latitude\":-2.170998,\"longitude\":-79.922356,\"name\":\"Consultorio Demo\""
	  ",\"address\":\"Av. Demo 123\"}}" },
	{ "mark read",
	  "{\"messaging_product\":\"whatsapp\",\"status\":\"read\",\"message_id\":\"wamid.HQw1OTM5MDAwMDAwMTEVAgASG"
	  "CA5MTNEM0JEOTA5RTAyMTYxNEY5MjZDNjAyNTMzNDczOAA=\"}" },
	{ "mark read typing",
	  "{\"messaging_product\":\"whatsapp\",\"status\":\"read\",\"message_id\":\"wamid.HQw1OTM5MDAwMDAwMTEVAgASG"
	  "CA5MTNEM0JEOTA5RTAyMTYxNEY5MjZDNjAyNTMzNDczOAA=\",\"typing_indicator\":{\"type\":\"text\"}}" },
	{ "reaction",
	  "{\"messaging_product\":\"whatsapp\",\"recipient_type\":\"individual\",\"to\":\"+593900000011\",\"type\":"
	  "\"reaction\",\"reaction\":{\"message_id\":\"wamid.HQw1OTM5MDAwMDAwMTEVAgASGCA5MTNEM0JEOTA5RTAyMTYxNEY5Mj"
	  "ZDNjAyNTMzNDczOAA=\",\"emoji\":\"👍\"}}" },
	{ "reaction remove",
	  "{\"messaging_product\":\"whatsapp\",\"recipient_type\":\"individual\",\"to\":\"+593900000011\",\"type\":"
	  "\"reaction\",\"reaction\":{\"message_id\":\"wamid.HQw1OTM5MDAwMDAwMTEVAgASGCA5MTNEM0JEOTA5RTAyMTYxNEY5Mj"
	  "ZDNjAyNTMzNDczOAA=\",\"emoji\":\"\"}}" },
	{ "sticker",
	  "{\"messaging_product\":\"whatsapp\",\"recipient_type\":\"individual\",\"to\":\"+593900000011\",\"type\":"
	  "\"sticker\",\"sticker\":{\"id\":\"610000000000023\"}}" },
	{ "template body named",
	  "{\"messaging_product\":\"whatsapp\",\"recipient_type\":\"individual\",\"to\":\"+593900000011\",\"type\":"
	  "\"template\",\"template\":{\"name\":\"recordatorio_named\",\"language\":{\"code\":\"es\"},\"components\""
	  ":[{\"type\":\"body\",\"parameters\":[{\"type\":\"text\",\"text\":\"Lucía\",\"parameter_name\":\"nombre\""
	  "},{\"type\":\"text\",\"text\":\"10:00\",\"parameter_name\":\"hora\"}]}]}}" },
	{ "template body positional",
	  "{\"messaging_product\":\"whatsapp\",\"recipient_type\":\"individual\",\"to\":\"+593900000011\",\"type\":"
	  "\"template\",\"template\":{\"name\":\"recordatorio_cita\",\"language\":{\"code\":\"es\"},\"components\":"
	  "[{\"type\":\"body\",\"parameters\":[{\"type\":\"text\",\"text\":\"Lucía\"},{\"type\":\"text\",\"text\":\""
	  "martes 9\"}]}]}}" },
	{ "template carousel",
	  "{\"messaging_product\":\"whatsapp\",\"recipient_type\":\"individual\",\"to\":\"+593900000011\",\"type\":"
	  "\"template\",\"template\":{\"name\":\"carrusel_promos\",\"language\":{\"code\":\"es\"},\"components\":[{"
	  "\"type\":\"body\",\"parameters\":[{\"type\":\"text\",\"text\":\"Lucía\"}]},{\"type\":\"carousel\",\"card"
	  "s\":[{\"card_index\":0,\"components\":[{\"type\":\"header\",\"parameters\":[{\"type\":\"image\",\"image\""
	  ":{\"id\":\"610000000000030\"}}]},{\"type\":\"button\",\"sub_type\":\"quick_reply\",\"index\":\"0\",\"par"
	  "ameters\":[{\"type\":\"payload\",\"payload\":\"MAS_0\"}]},{\"type\":\"button\",\"sub_type\":\"url\",\"in"
	  "dex\":\"1\",\"parameters\":[{\"type\":\"text\",\"text\":\"p0\"}]}]},{\"card_index\":1,\"components\":[{\""
	  "type\":\"header\",\"parameters\":[{\"type\":\"image\",\"image\":{\"id\":\"610000000000031\"}}]},{\"type\""
	  ":\"button\",\"sub_type\":\"quick_reply\",\"index\":\"0\",\"parameters\":[{\"type\":\"payload\",\"payload"
	  "\":\"MAS_1\"}]},{\"type\":\"button\",\"sub_type\":\"url\",\"index\":\"1\",\"parameters\":[{\"type\":\"te"
	  "xt\",\"text\":\"p1\"}]}]}]}]}}" },
	{ "template catalog",
	  "{\"messaging_product\":\"whatsapp\",\"recipient_type\":\"individual\",\"to\":\"+593900000011\",\"type\":"
	  "\"template\",\"template\":{\"name\":\"catalogo\",\"language\":{\"code\":\"es\"},\"components\":[{\"type\""
	  ":\"button\",\"sub_type\":\"catalog\",\"index\":\"0\",\"parameters\":[{\"type\":\"action\",\"action\":{\""
	  "thumbnail_product_retailer_id\":\"SKU-TAZA-01\"}}]}]}}" },
	{ "template copy code lto",
	  "{\"messaging_product\":\"whatsapp\",\"recipient_type\":\"individual\",\"to\":\"+593900000011\",\"type\":"
	  "\"template\",\"template\":{\"name\":\"oferta_limitada\",\"language\":{\"code\":\"es\"},\"components\":[{"
	  "\"type\":\"header\",\"parameters\":[{\"type\":\"image\",\"image\":{\"id\":\"610000000000021\"}}]},{\"typ"
	  "e\":\"limited_time_offer\",\"parameters\":[{\"type\":\"limited_time_offer\",\"limited_time_offer\":{\"ex"
	  "piration_time_ms\":1781600000000}}]},{\"type\":\"button\",\"sub_type\":\"copy_code\",\"index\":\"0\",\"p"
	  "arameters\":[{\"type\":\"coupon_code\",\"coupon_code\":\"AURORA20\"}]},{\"type\":\"button\",\"sub_type\""
	  ":\"url\",\"index\":\"1\",\"parameters\":[{\"type\":\"text\",\"text\":\"promo\"}]}]}}" },
	{ "template flow button",
	  "{\"messaging_product\":\"whatsapp\",\"recipient_type\":\"individual\",\"to\":\"+593900000011\",\"type\":"
	  "\"template\",\"template\":{\"name\":\"encuesta\",\"language\":{\"code\":\"es\"},\"components\":[{\"type\""
	  ":\"button\",\"sub_type\":\"flow\",\"index\":\"0\",\"parameters\":[{\"type\":\"action\",\"action\":{\"flo"
	  "w_token\":\"ft-0002\",\"flow_action_data\":{\"nombre\":\"Lucía\"}}}]}]}}" },
	{ "template header document",
	  "{\"messaging_product\":\"whatsapp\",\"recipient_type\":\"individual\",\"to\":\"+593900000011\",\"type\":"
	  "\"template\",\"template\":{\"name\":\"recordatorio_cita\",\"language\":{\"code\":\"es\"},\"components\":"
	  "[{\"type\":\"header\",\"parameters\":[{\"type\":\"document\",\"document\":{\"link\":\"https://cdn.exampl"
	  "e.com/f.pdf\",\"filename\":\"f.pdf\"}}]}]}}" },
	{ "template header image currency date",
	  "{\"messaging_product\":\"whatsapp\",\"recipient_type\":\"individual\",\"to\":\"+593900000011\",\"type\":"
	  "\"template\",\"template\":{\"name\":\"recordatorio_cita\",\"language\":{\"code\":\"es\"},\"components\":"
	  "[{\"type\":\"header\",\"parameters\":[{\"type\":\"image\",\"image\":{\"id\":\"610000000000021\"}}]},{\"t"
	  "ype\":\"body\",\"parameters\":[{\"type\":\"currency\",\"currency\":{\"fallback_value\":\"$30.00\",\"code"
	  "\":\"USD\",\"amount_1000\":30000}},{\"type\":\"date_time\",\"date_time\":{\"fallback_value\":\"9 de juni"
	  "o de 2026\"}}]},{\"type\":\"button\",\"sub_type\":\"quick_reply\",\"index\":\"0\",\"parameters\":[{\"typ"
	  "e\":\"payload\",\"payload\":\"CONFIRM_APPT_991\"}]},{\"type\":\"button\",\"sub_type\":\"url\",\"index\":"
	  "\"1\",\"parameters\":[{\"type\":\"text\",\"text\":\"cita/991\"}]}]}}" },
	{ "template mpm",
	  "{\"messaging_product\":\"whatsapp\",\"recipient_type\":\"individual\",\"to\":\"+593900000011\",\"type\":"
	  "\"template\",\"template\":{\"name\":\"carrito\",\"language\":{\"code\":\"es\"},\"components\":[{\"type\""
	  ":\"button\",\"sub_type\":\"mpm\",\"index\":\"0\",\"parameters\":[{\"type\":\"action\",\"action\":{\"thum"
	  "bnail_product_retailer_id\":\"SKU-TAZA-01\",\"sections\":[{\"title\":\"Tazas\",\"product_items\":[{\"pro"
	  "duct_retailer_id\":\"SKU-TAZA-01\"}]}]}}]}]}}" },
	{ "template otp",
	  "{\"messaging_product\":\"whatsapp\",\"recipient_type\":\"individual\",\"to\":\"+593900000011\",\"type\":"
	  "\"template\",\"template\":{\"name\":\"codigo_acceso\",\"language\":{\"code\":\"es\"},\"components\":[{\""
	  "type\":\"body\",\"parameters\":[{\"type\":\"text\",\"text\":\"482913\"}]},{\"type\":\"button\",\"sub_typ"
	  "e\":\"url\",\"index\":\"0\",\"parameters\":[{\"type\":\"text\",\"text\":\"482913\"}]}]}}" },
	{ "template plain",
	  "{\"messaging_product\":\"whatsapp\",\"recipient_type\":\"individual\",\"to\":\"+593900000011\",\"type\":"
	  "\"template\",\"template\":{\"name\":\"recordatorio_cita\",\"language\":{\"code\":\"es\"}}}" },
	{ "text",
	  "{\"messaging_product\":\"whatsapp\",\"recipient_type\":\"individual\",\"to\":\"+593900000011\",\"type\":"
	  "\"text\",\"text\":{\"body\":\"Su turno quedó para las 10:00 😀\",\"preview_url\":false}}" },
	{ "text preview reply",
	  "{\"messaging_product\":\"whatsapp\",\"recipient_type\":\"individual\",\"to\":\"+593900000011\",\"context"
	  "\":{\"message_id\":\"wamid.HQw1OTM5MDAwMDAwMTEVAgASGCA5MTNEM0JEOTA5RTAyMTYxNEY5MjZDNjAyNTMzNDczOAA=\"},\""
	  "biz_opaque_callback_data\":\"msg:9f2c\",\"type\":\"text\",\"text\":{\"body\":\"Detalles: https://example"
	  ".com/t/1\",\"preview_url\":true}}" },
	{ "video id",
	  "{\"messaging_product\":\"whatsapp\",\"recipient_type\":\"individual\",\"to\":\"+593900000011\",\"type\":"
	  "\"video\",\"video\":{\"id\":\"610000000000021\",\"caption\":\"Tour\"}}" },
	{ "text without a type",
	  "{\"messaging_product\":\"whatsapp\",\"to\":\"+593900000011\",\"text\":{\"body\":\"x\"}}" },
	{ "number without a plus",
	  "{\"messaging_product\":\"whatsapp\",\"to\":\"593900000011\",\"text\":{\"body\":\"x\"}}" },
	{ "number with spaces and dashes",
	  "{\"messaging_product\":\"whatsapp\",\"to\":\"+1 (202) 555-0100\",\"text\":{\"body\":\"x\"}}" },
	{ "unknown keys",
	  "{\"messaging_product\":\"whatsapp\",\"to\":\"+593900000011\",\"text\":{\"body\":\"x\",\"new\":1},\"newer"
	  "\":[]}" },
	{ "location as strings",
	  "{\"messaging_product\":\"whatsapp\",\"to\":\"+593900000011\",\"type\":\"location\",\"location\":{\"latit"
	  "ude\":\"-2.5\",\"longitude\":\"180\"}}" },
	{ "body as an escaped NUL",
	  "{\"messaging_product\":\"whatsapp\",\"to\":\"+593900000011\",\"type\":\"text\",\"text\":{\"body\":\"\\u0"
	  "000\"}}" },
	{ "policy deterministic",
	  "{\"messaging_product\":\"whatsapp\",\"to\":\"+593900000011\",\"type\":\"template\",\"template\":{\"name\""
	  ":\"a\",\"language\":{\"code\":\"en_US\",\"policy\":\"deterministic\"}}}" },
	{ "index as a number",
	  "{\"messaging_product\":\"whatsapp\",\"to\":\"+593900000011\",\"type\":\"template\",\"template\":{\"name\""
	  ":\"a\",\"language\":{\"code\":\"es\"},\"components\":[{\"type\":\"BUTTON\",\"sub_type\":\"url\",\"index\""
	  ":0,\"parameters\":[{\"type\":\"text\",\"text\":\"x\"}]}]}}" },
	{ "a list of one section needs no title",
	  "{\"messaging_product\":\"whatsapp\",\"to\":\"+593900000011\",\"type\":\"interactive\",\"interactive\":{\""
	  "type\":\"list\",\"body\":{\"text\":\"x\"},\"action\":{\"button\":\"b\",\"sections\":[{\"rows\":[{\"id\":"
	  "\"1\",\"title\":\"t\"}]}]}}}" },
};
static const struct { const char *what, *body; int code; const char *says; } bad[] = {
	{ "not an object",
	  "[]",
	  100, "JSON object" },
	{ "empty object",
	  "{}",
	  100, "messaging_product is required" },
	{ "another product",
	  "{\"messaging_product\":\"sms\",\"to\":\"1\",\"text\":{\"body\":\"x\"}}",
	  100, "WHATSAPP" },
	{ "no recipient",
	  "{\"messaging_product\":\"whatsapp\",\"text\":{\"body\":\"x\"}}",
	  100, "to is required" },
	{ "recipient is a number",
	  "{\"messaging_product\":\"whatsapp\",\"to\":593900000011,\"text\":{\"body\":\"x\"}}",
	  100, "to must be a string" },
	{ "recipient with letters",
	  "{\"messaging_product\":\"whatsapp\",\"to\":\"+59390x\",\"text\":{\"body\":\"x\"}}",
	  100, "not a valid" },
	{ "recipient too short",
	  "{\"messaging_product\":\"whatsapp\",\"to\":\"+593\",\"text\":{\"body\":\"x\"}}",
	  100, "not a valid" },
	{ "recipient too long",
	  "{\"messaging_product\":\"whatsapp\",\"to\":\"123456789012345678\",\"text\":{\"body\":\"x\"}}",
	  100, "not a valid" },
	{ "plus in the middle",
	  "{\"messaging_product\":\"whatsapp\",\"to\":\"593+900000011\",\"text\":{\"body\":\"x\"}}",
	  100, "not a valid" },
	{ "empty recipient",
	  "{\"messaging_product\":\"whatsapp\",\"to\":\"\",\"text\":{\"body\":\"x\"}}",
	  100, "not a valid" },
	{ "bad user id",
	  "{\"messaging_product\":\"whatsapp\",\"recipient\":\"13-4\",\"text\":{\"body\":\"x\"}}",
	  100, "user ID" },
	{ "recipient type",
	  "{\"messaging_product\":\"whatsapp\",\"to\":\"+593900000011\",\"recipient_type\":\"crowd\",\"text\":{\"bo"
	  "dy\":\"x\"}}",
	  100, "recipient_type" },
	{ "empty group id",
	  "{\"messaging_product\":\"whatsapp\",\"recipient_type\":\"group\",\"to\":\"\",\"text\":{\"body\":\"x\"}}",
	  100, "to is not" },
	{ "unknown type",
	  "{\"messaging_product\":\"whatsapp\",\"to\":\"+593900000011\",\"type\":\"poll\",\"poll\":{}}",
	  100, "Param type must be one of" },
	{ "type is a number",
	  "{\"messaging_product\":\"whatsapp\",\"to\":\"+593900000011\",\"type\":7}",
	  100, "Param type must be one of" },
	{ "object of the type missing",
	  "{\"messaging_product\":\"whatsapp\",\"to\":\"+593900000011\",\"type\":\"image\"}",
	  100, "parameter image is required" },
	{ "object of the type is a string",
	  "{\"messaging_product\":\"whatsapp\",\"to\":\"+593900000011\",\"type\":\"text\",\"text\":\"x\"}",
	  100, "must be a JSON object" },
	{ "contacts is an object",
	  "{\"messaging_product\":\"whatsapp\",\"to\":\"+593900000011\",\"type\":\"contacts\",\"contacts\":{}}",
	  100, "must be an array" },
	{ "text without body",
	  "{\"messaging_product\":\"whatsapp\",\"to\":\"+593900000011\",\"type\":\"text\",\"text\":{}}",
	  100, "text['body'] is required" },
	{ "text empty",
	  "{\"messaging_product\":\"whatsapp\",\"to\":\"+593900000011\",\"type\":\"text\",\"text\":{\"body\":\"\"}}",
	  100, "at least 1" },
	{ "text is a number",
	  "{\"messaging_product\":\"whatsapp\",\"to\":\"+593900000011\",\"type\":\"text\",\"text\":{\"body\":5}}",
	  100, "must be a string" },
	{ "text of 4097",
	  "{\"messaging_product\":\"whatsapp\",\"to\":\"+593900000011\",\"type\":\"text\",\"text\":{\"body\":\"@409"
	  "7@\"}}",
	  100, "at most 4096" },
	{ "preview_url as text",
	  "{\"messaging_product\":\"whatsapp\",\"to\":\"+593900000011\",\"type\":\"text\",\"text\":{\"body\":\"x\","
	  "\"preview_url\":\"yes\"}}",
	  100, "boolean" },
	{ "image without id and link",
	  "{\"messaging_product\":\"whatsapp\",\"to\":\"+593900000011\",\"type\":\"image\",\"image\":{\"caption\":\""
	  "x\"}}",
	  100, "id, link" },
	{ "image id with letters",
	  "{\"messaging_product\":\"whatsapp\",\"to\":\"+593900000011\",\"type\":\"image\",\"image\":{\"id\":\"abc\""
	  "}}",
	  100, "attachment ID" },
	{ "image link without http",
	  "{\"messaging_product\":\"whatsapp\",\"to\":\"+593900000011\",\"type\":\"image\",\"image\":{\"link\":\"ft"
	  "p://x/y\"}}",
	  100, "valid URI" },
	{ "caption of 1025",
	  "{\"messaging_product\":\"whatsapp\",\"to\":\"+593900000011\",\"type\":\"image\",\"image\":{\"id\":\"1\","
	  "\"caption\":\"@1025@\"}}",
	  100, "at most 1024" },
	{ "audio with a caption",
	  "{\"messaging_product\":\"whatsapp\",\"to\":\"+593900000011\",\"type\":\"audio\",\"audio\":{\"id\":\"1\","
	  "\"caption\":\"x\"}}",
	  100, "Unexpected key" },
	{ "sticker with a caption",
	  "{\"messaging_product\":\"whatsapp\",\"to\":\"+593900000011\",\"type\":\"sticker\",\"sticker\":{\"id\":\""
	  "1\",\"caption\":\"x\"}}",
	  100, "Unexpected key" },
	{ "voice as text",
	  "{\"messaging_product\":\"whatsapp\",\"to\":\"+593900000011\",\"type\":\"audio\",\"audio\":{\"id\":\"1\","
	  "\"voice\":\"true\"}}",
	  100, "boolean" },
	{ "file name of 241",
	  "{\"messaging_product\":\"whatsapp\",\"to\":\"+593900000011\",\"type\":\"document\",\"document\":{\"id\":"
	  "\"1\",\"filename\":\"@241@\"}}",
	  100, "at most 240" },
	{ "latitude missing",
	  "{\"messaging_product\":\"whatsapp\",\"to\":\"+593900000011\",\"type\":\"location\",\"location\":{\"longi"
	  "tude\":1}}",
	  100, "latitude" },
	{ "latitude beyond 90",
	  "{\"messaging_product\":\"whatsapp\",\"to\":\"+593900000011\",\"type\":\"location\",\"location\":{\"latit"
	  "ude\":90.5,\"longitude\":1}}",
	  100, "latitude" },
	{ "longitude is a word",
	  "{\"messaging_product\":\"whatsapp\",\"to\":\"+593900000011\",\"type\":\"location\",\"location\":{\"latit"
	  "ude\":1,\"longitude\":\"west\"}}",
	  100, "longitude" },
	{ "no contacts",
	  "{\"messaging_product\":\"whatsapp\",\"to\":\"+593900000011\",\"type\":\"contacts\",\"contacts\":[]}",
	  100, "1 to 257" },
	{ "contact without name",
	  "{\"messaging_product\":\"whatsapp\",\"to\":\"+593900000011\",\"type\":\"contacts\",\"contacts\":[{\"phon"
	  "es\":[]}]}",
	  100, "name" },
	{ "contact without formatted_name",
	  "{\"messaging_product\":\"whatsapp\",\"to\":\"+593900000011\",\"type\":\"contacts\",\"contacts\":[{\"name"
	  "\":{\"first_name\":\"A\"}}]}",
	  100, "formatted_name" },
	{ "reaction without message_id",
	  "{\"messaging_product\":\"whatsapp\",\"to\":\"+593900000011\",\"type\":\"reaction\",\"reaction\":{\"emoji"
	  "\":\"x\"}}",
	  100, "message_id" },
	{ "reaction without emoji",
	  "{\"messaging_product\":\"whatsapp\",\"to\":\"+593900000011\",\"type\":\"reaction\",\"reaction\":{\"messa"
	  "ge_id\":\"wamid.x\"}}",
	  100, "emoji" },
	{ "context without id",
	  "{\"messaging_product\":\"whatsapp\",\"to\":\"+593900000011\",\"type\":\"text\",\"text\":{\"body\":\"x\"}"
	  ",\"context\":{}}",
	  100, "message_id" },
	{ "context is a string",
	  "{\"messaging_product\":\"whatsapp\",\"to\":\"+593900000011\",\"type\":\"text\",\"text\":{\"body\":\"x\"}"
	  ",\"context\":\"w\"}",
	  100, "context" },
	{ "opaque data of 513",
	  "{\"messaging_product\":\"whatsapp\",\"to\":\"+593900000011\",\"type\":\"text\",\"text\":{\"body\":\"x\"}"
	  ",\"biz_opaque_callback_data\":\"@513@\"}",
	  100, "at most 512" },
	{ "opaque data is an object",
	  "{\"messaging_product\":\"whatsapp\",\"to\":\"+593900000011\",\"type\":\"text\",\"text\":{\"body\":\"x\"}"
	  ",\"biz_opaque_callback_data\":{}}",
	  100, "must be a string" },
	{ "receipt of another status",
	  "{\"messaging_product\":\"whatsapp\",\"status\":\"sent\",\"message_id\":\"w\"}",
	  100, "READ" },
	{ "receipt without message_id",
	  "{\"messaging_product\":\"whatsapp\",\"status\":\"read\"}",
	  100, "message_id" },
	{ "typing of another type",
	  "{\"messaging_product\":\"whatsapp\",\"status\":\"read\",\"message_id\":\"w\",\"typing_indicator\":{\"typ"
	  "e\":\"voice\"}}",
	  100, "TEXT" },
	{ "interactive without type",
	  "{\"messaging_product\":\"whatsapp\",\"to\":\"+593900000011\",\"type\":\"interactive\",\"interactive\":{}}",
	  131008, "type" },
	{ "interactive of no known type",
	  "{\"messaging_product\":\"whatsapp\",\"to\":\"+593900000011\",\"type\":\"interactive\",\"interactive\":{\""
	  "type\":\"dance\"}}",
	  131009, "known type" },
	{ "interactive without body",
	  "{\"messaging_product\":\"whatsapp\",\"to\":\"+593900000011\",\"type\":\"interactive\",\"interactive\":{\""
	  "type\":\"button\",\"action\":{}}}",
	  131008, "body" },
	{ "interactive without action",
	  "{\"messaging_product\":\"whatsapp\",\"to\":\"+593900000011\",\"type\":\"interactive\",\"interactive\":{\""
	  "type\":\"button\",\"body\":{\"text\":\"x\"}}}",
	  131008, "action" },
	{ "no buttons",
	  "{\"messaging_product\":\"whatsapp\",\"to\":\"+593900000011\",\"type\":\"interactive\",\"interactive\":{\""
	  "type\":\"button\",\"body\":{\"text\":\"x\"},\"action\":{\"buttons\":[]}}}",
	  131009, "Min allowed: 1, Max allowed: 3" },
	{ "four buttons",
	  "{\"messaging_product\":\"whatsapp\",\"to\":\"+593900000011\",\"type\":\"interactive\",\"interactive\":{\""
	  "type\":\"button\",\"body\":{\"text\":\"x\"},\"action\":{\"buttons\":[{},{},{},{}]}}}",
	  131009, "Max allowed: 3" },
	{ "button title of 21",
	  "{\"messaging_product\":\"whatsapp\",\"to\":\"+593900000011\",\"type\":\"interactive\",\"interactive\":{\""
	  "type\":\"button\",\"body\":{\"text\":\"x\"},\"action\":{\"buttons\":[{\"type\":\"reply\",\"reply\":{\"id"
	  "\":\"1\",\"title\":\"@21@\"}}]}}}",
	  131009, "at most 20" },
	{ "button id of 257",
	  "{\"messaging_product\":\"whatsapp\",\"to\":\"+593900000011\",\"type\":\"interactive\",\"interactive\":{\""
	  "type\":\"button\",\"body\":{\"text\":\"x\"},\"action\":{\"buttons\":[{\"type\":\"reply\",\"reply\":{\"id"
	  "\":\"@257@\",\"title\":\"t\"}}]}}}",
	  131009, "at most 256" },
	{ "same button id twice",
	  "{\"messaging_product\":\"whatsapp\",\"to\":\"+593900000011\",\"type\":\"interactive\",\"interactive\":{\""
	  "type\":\"button\",\"body\":{\"text\":\"x\"},\"action\":{\"buttons\":[{\"type\":\"reply\",\"reply\":{\"id"
	  "\":\"1\",\"title\":\"a\"}},{\"type\":\"reply\",\"reply\":{\"id\":\"1\",\"title\":\"b\"}}]}}}",
	  131009, "unique" },
	{ "button without reply",
	  "{\"messaging_product\":\"whatsapp\",\"to\":\"+593900000011\",\"type\":\"interactive\",\"interactive\":{\""
	  "type\":\"button\",\"body\":{\"text\":\"x\"},\"action\":{\"buttons\":[{\"type\":\"reply\"}]}}}",
	  131008, "reply" },
	{ "body of 1025",
	  "{\"messaging_product\":\"whatsapp\",\"to\":\"+593900000011\",\"type\":\"interactive\",\"interactive\":{\""
	  "type\":\"button\",\"body\":{\"text\":\"@1025@\"},\"action\":{\"buttons\":[]}}}",
	  131009, "at most 1024" },
	{ "header text of 61",
	  "{\"messaging_product\":\"whatsapp\",\"to\":\"+593900000011\",\"type\":\"interactive\",\"interactive\":{\""
	  "type\":\"button\",\"header\":{\"type\":\"text\",\"text\":\"@61@\"},\"body\":{\"text\":\"x\"},\"action\":"
	  "{}}}",
	  131009, "at most 60" },
	{ "footer of 61",
	  "{\"messaging_product\":\"whatsapp\",\"to\":\"+593900000011\",\"type\":\"interactive\",\"interactive\":{\""
	  "type\":\"button\",\"body\":{\"text\":\"x\"},\"footer\":{\"text\":\"@61@\"},\"action\":{}}}",
	  131009, "at most 60" },
	{ "list with an image on top",
	  "{\"messaging_product\":\"whatsapp\",\"to\":\"+593900000011\",\"type\":\"interactive\",\"interactive\":{\""
	  "type\":\"list\",\"header\":{\"type\":\"image\",\"image\":{\"id\":\"1\"}},\"body\":{\"text\":\"x\"},\"act"
	  "ion\":{}}}",
	  131009, "Header type" },
	{ "list without button",
	  "{\"messaging_product\":\"whatsapp\",\"to\":\"+593900000011\",\"type\":\"interactive\",\"interactive\":{\""
	  "type\":\"list\",\"body\":{\"text\":\"x\"},\"action\":{\"sections\":[]}}}",
	  131008, "button" },
	{ "two sections, one without title",
	  "{\"messaging_product\":\"whatsapp\",\"to\":\"+593900000011\",\"type\":\"interactive\",\"interactive\":{\""
	  "type\":\"list\",\"body\":{\"text\":\"x\"},\"action\":{\"button\":\"b\",\"sections\":[{\"rows\":[{\"id\":"
	  "\"1\",\"title\":\"t\"}]},{\"title\":\"s\",\"rows\":[{\"id\":\"2\",\"title\":\"t\"}]}]}}}",
	  131008, "title" },
	{ "eleven rows in two sections",
	  "{\"messaging_product\":\"whatsapp\",\"to\":\"+593900000011\",\"type\":\"interactive\",\"interactive\":{\""
	  "type\":\"list\",\"body\":{\"text\":\"x\"},\"action\":{\"button\":\"b\",\"sections\":[{\"title\":\"s\",\""
	  "rows\":[{\"id\":\"1\",\"title\":\"t\"},{\"id\":\"1\",\"title\":\"t\"},{\"id\":\"1\",\"title\":\"t\"},{\""
	  "id\":\"1\",\"title\":\"t\"},{\"id\":\"1\",\"title\":\"t\"},{\"id\":\"1\",\"title\":\"t\"}]},{\"title\":\""
	  "u\",\"rows\":[{\"id\":\"1\",\"title\":\"t\"},{\"id\":\"1\",\"title\":\"t\"},{\"id\":\"1\",\"title\":\"t\""
	  "},{\"id\":\"1\",\"title\":\"t\"},{\"id\":\"1\",\"title\":\"t\"}]}]}}}",
	  131009, "Total row count" },
	{ "row description of 73",
	  "{\"messaging_product\":\"whatsapp\",\"to\":\"+593900000011\",\"type\":\"interactive\",\"interactive\":{\""
	  "type\":\"list\",\"body\":{\"text\":\"x\"},\"action\":{\"button\":\"b\",\"sections\":[{\"rows\":[{\"id\":"
	  "\"1\",\"title\":\"t\",\"description\":\"@73@\"}]}]}}}",
	  131009, "at most 72" },
	{ "cta_url of another name",
	  "{\"messaging_product\":\"whatsapp\",\"to\":\"+593900000011\",\"type\":\"interactive\",\"interactive\":{\""
	  "type\":\"cta_url\",\"body\":{\"text\":\"x\"},\"action\":{\"name\":\"url\",\"parameters\":{\"display_text"
	  "\":\"x\",\"url\":\"https://x\"}}}}",
	  131009, "cta_url" },
	{ "cta_url without http",
	  "{\"messaging_product\":\"whatsapp\",\"to\":\"+593900000011\",\"type\":\"interactive\",\"interactive\":{\""
	  "type\":\"cta_url\",\"body\":{\"text\":\"x\"},\"action\":{\"name\":\"cta_url\",\"parameters\":{\"display_"
	  "text\":\"x\",\"url\":\"x.y\"}}}}",
	  131009, "valid URL" },
	{ "flow of version 2",
	  "{\"messaging_product\":\"whatsapp\",\"to\":\"+593900000011\",\"type\":\"interactive\",\"interactive\":{\""
	  "type\":\"flow\",\"body\":{\"text\":\"x\"},\"action\":{\"name\":\"flow\",\"parameters\":{\"flow_message_v"
	  "ersion\":\"2\"}}}}",
	  131009, "flow_message_version" },
	{ "flow without id",
	  "{\"messaging_product\":\"whatsapp\",\"to\":\"+593900000011\",\"type\":\"interactive\",\"interactive\":{\""
	  "type\":\"flow\",\"body\":{\"text\":\"x\"},\"action\":{\"name\":\"flow\",\"parameters\":{\"flow_message_v"
	  "ersion\":\"3\",\"flow_cta\":\"x\"}}}}",
	  131008, "flow_id" },
	{ "product with a header",
	  "{\"messaging_product\":\"whatsapp\",\"to\":\"+593900000011\",\"type\":\"interactive\",\"interactive\":{\""
	  "type\":\"product\",\"header\":{\"type\":\"text\",\"text\":\"x\"},\"action\":{}}}",
	  131009, "no header" },
	{ "product_list without header",
	  "{\"messaging_product\":\"whatsapp\",\"to\":\"+593900000011\",\"type\":\"interactive\",\"interactive\":{\""
	  "type\":\"product_list\",\"body\":{\"text\":\"x\"},\"action\":{}}}",
	  131008, "header" },
	{ "carousel of one card",
	  "{\"messaging_product\":\"whatsapp\",\"to\":\"+593900000011\",\"type\":\"interactive\",\"interactive\":{\""
	  "type\":\"carousel\",\"body\":{\"text\":\"x\"},\"action\":{\"cards\":[{}]}}}",
	  131009, "Min allowed: 2" },
	{ "carousel of two kinds",
	  "{\"messaging_product\":\"whatsapp\",\"to\":\"+593900000011\",\"type\":\"interactive\",\"interactive\":{\""
	  "type\":\"carousel\",\"body\":{\"text\":\"x\"},\"action\":{\"cards\":[{\"card_index\":0,\"type\":\"produc"
	  "t\",\"action\":{\"catalog_id\":\"1\",\"product_retailer_id\":\"2\"}},{\"card_index\":1,\"type\":\"cta_ur"
	  "l\",\"action\":{}}]}}}",
	  131009, "same type" },
	{ "template without name",
	  "{\"messaging_product\":\"whatsapp\",\"to\":\"+593900000011\",\"type\":\"template\",\"template\":{\"langu"
	  "age\":{\"code\":\"es\"}}}",
	  131008, "name" },
	{ "template name in capitals",
	  "{\"messaging_product\":\"whatsapp\",\"to\":\"+593900000011\",\"type\":\"template\",\"template\":{\"name\""
	  ":\"Hola\",\"language\":{\"code\":\"es\"}}}",
	  100, "lower-case" },
	{ "template without language",
	  "{\"messaging_product\":\"whatsapp\",\"to\":\"+593900000011\",\"type\":\"template\",\"template\":{\"name\""
	  ":\"a\"}}",
	  131008, "language" },
	{ "template without language code",
	  "{\"messaging_product\":\"whatsapp\",\"to\":\"+593900000011\",\"type\":\"template\",\"template\":{\"name\""
	  ":\"a\",\"language\":{}}}",
	  131008, "code" },
	{ "template of another policy",
	  "{\"messaging_product\":\"whatsapp\",\"to\":\"+593900000011\",\"type\":\"template\",\"template\":{\"name\""
	  ":\"a\",\"language\":{\"code\":\"es\",\"policy\":\"fallback\"}}}",
	  100, "policy" },
	{ "components is an object",
	  "{\"messaging_product\":\"whatsapp\",\"to\":\"+593900000011\",\"type\":\"template\",\"template\":{\"name\""
	  ":\"a\",\"language\":{\"code\":\"es\"},\"components\":{}}}",
	  100, "array" },
	{ "unknown component",
	  "{\"messaging_product\":\"whatsapp\",\"to\":\"+593900000011\",\"type\":\"template\",\"template\":{\"name\""
	  ":\"a\",\"language\":{\"code\":\"es\"},\"components\":[{\"type\":\"tail\"}]}}",
	  100, "known type" },
	{ "image in the body",
	  "{\"messaging_product\":\"whatsapp\",\"to\":\"+593900000011\",\"type\":\"template\",\"template\":{\"name\""
	  ":\"a\",\"language\":{\"code\":\"es\"},\"components\":[{\"type\":\"body\",\"parameters\":[{\"type\":\"ima"
	  "ge\",\"image\":{\"id\":\"1\"}}]}]}}",
	  132012, "not allowed" },
	{ "line end in a parameter",
	  "{\"messaging_product\":\"whatsapp\",\"to\":\"+593900000011\",\"type\":\"template\",\"template\":{\"name\""
	  ":\"a\",\"language\":{\"code\":\"es\"},\"components\":[{\"type\":\"body\",\"parameters\":[{\"type\":\"tex"
	  "t\",\"text\":\"a\\nb\"}]}]}}",
	  132018, "new-line" },
	{ "five spaces in a parameter",
	  "{\"messaging_product\":\"whatsapp\",\"to\":\"+593900000011\",\"type\":\"template\",\"template\":{\"name\""
	  ":\"a\",\"language\":{\"code\":\"es\"},\"components\":[{\"type\":\"body\",\"parameters\":[{\"type\":\"tex"
	  "t\",\"text\":\"a     b\"}]}]}}",
	  132018, "consecutive" },
	{ "currency without amount",
	  "{\"messaging_product\":\"whatsapp\",\"to\":\"+593900000011\",\"type\":\"template\",\"template\":{\"name\""
	  ":\"a\",\"language\":{\"code\":\"es\"},\"components\":[{\"type\":\"body\",\"parameters\":[{\"type\":\"cur"
	  "rency\",\"currency\":{\"fallback_value\":\"$1\",\"code\":\"USD\"}}]}]}}",
	  132012, "amount_1000" },
	{ "button without index",
	  "{\"messaging_product\":\"whatsapp\",\"to\":\"+593900000011\",\"type\":\"template\",\"template\":{\"name\""
	  ":\"a\",\"language\":{\"code\":\"es\"},\"components\":[{\"type\":\"button\",\"sub_type\":\"url\"}]}}",
	  131008, "index" },
	{ "button index 10",
	  "{\"messaging_product\":\"whatsapp\",\"to\":\"+593900000011\",\"type\":\"template\",\"template\":{\"name\""
	  ":\"a\",\"language\":{\"code\":\"es\"},\"components\":[{\"type\":\"button\",\"sub_type\":\"url\",\"index\""
	  ":\"10\"}]}}",
	  131008, "index" },
	{ "button without sub_type",
	  "{\"messaging_product\":\"whatsapp\",\"to\":\"+593900000011\",\"type\":\"template\",\"template\":{\"name\""
	  ":\"a\",\"language\":{\"code\":\"es\"},\"components\":[{\"type\":\"button\",\"index\":0}]}}",
	  131008, "sub_type" },
	{ "coupon code of 21",
	  "{\"messaging_product\":\"whatsapp\",\"to\":\"+593900000011\",\"type\":\"template\",\"template\":{\"name\""
	  ":\"a\",\"language\":{\"code\":\"es\"},\"components\":[{\"type\":\"button\",\"sub_type\":\"copy_code\",\""
	  "index\":0,\"parameters\":[{\"type\":\"coupon_code\",\"coupon_code\":\"@21@\"}]}]}}",
	  132012, "at most 20" },
	{ "card without card_index",
	  "{\"messaging_product\":\"whatsapp\",\"to\":\"+593900000011\",\"type\":\"template\",\"template\":{\"name\""
	  ":\"a\",\"language\":{\"code\":\"es\"},\"components\":[{\"type\":\"carousel\",\"cards\":[{\"components\":"
	  "[{\"type\":\"body\"}]}]}]}}",
	  131008, "card_index" },
};
/* clang-format on */
