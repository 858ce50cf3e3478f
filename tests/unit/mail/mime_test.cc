// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include "mail/charset.h"
#include "mail/mime_reader.h"
#include "mail/transfer_decoding.h"

using fid::mail::decode_base64;
using fid::mail::decode_quoted_printable;
using fid::mail::decode_words;
using fid::mail::guess_utf8;
using fid::mail::html_text;
using fid::mail::Part;
using fid::mail::read_message;
using fid::mail::read_parameters;
using fid::mail::readable;
using fid::mail::to_utf8;

TEST_CASE("charsets") {
    CHECK(to_utf8("iso-8859-1", "caf\xe9") == "café");
    CHECK(to_utf8("Windows-1252", "\x80") == "€");
    CHECK(to_utf8("utf-8",
                  "a\xff"
                  "b") ==
          "a\xef\xbf\xbd"
          "b");
    CHECK(to_utf8("utf-8", "\xe2\x82") == "\xef\xbf\xbd");
    CHECK(to_utf8("iso-2022-jp", "\x1b$BF|K\\\x1b(B") == "日本");
    for (const std::string_view unknown : {"", "no-such", "utf-8//IGNORE", "../../x", "x y"})
        CHECK(!to_utf8(unknown, "a"));
    CHECK(guess_utf8("no-such", "ü") == "ü");
    CHECK(guess_utf8("", "\xfc") == "ü");
    CHECK(guess_utf8("us-ascii", "\xfc") == "ü");
    CHECK(to_utf8("iso-8859-1", std::string(200'000, '\xe9'))->size() == 400'000);
}

TEST_CASE("transfer encodings") {
    CHECK(decode_base64("aGVs\r\nbG8=") == "hello");
    CHECK(decode_base64("aGVs!bG8") == "hello");
    CHECK(decode_base64("YQ==YQ==") == "aa");
    CHECK(decode_base64("Y").empty());
    CHECK(decode_base64("").empty());
    CHECK(decode_quoted_printable("a=3D=\r\nb=\nc=  \r\nd=zz=4=") == "a=bcd=zz=4");
}

TEST_CASE("words in other letters") {
    const std::pair<std::string_view, std::string_view> words[]{
        {"plain text", "plain text"},
        {"=?utf-8?q?a?=", "a"},
        {"=?utf-8?q?a?= =?utf-8?q?b?=", "ab"},
        {"=?utf-8?q?a?= b", "a b"},
        {"x =?iso-8859-1?q?=FC=20?= =?utf-8?b?w7w=?= y", "x ü ü y"},
        {"=?utf-8?q?=C3?= =?utf-8?q?=BC?=", "ü"},
        {"=?utf-8*de?q?a_b?=", "a b"},
        {"=?x", "=?x"},
        {"=?utf-8?x?a?=", "=?utf-8?x?a?="},
        {"=?utf-8?q?a", "=?utf-8?q?a"},
        {"\xfc", "ü"}};
    for (const auto& [encoded, text] : words) CHECK(decode_words(encoded) == text);
}

TEST_CASE("parameters") {
    const auto read = read_parameters(
        "Text/Plain ; charset=\"utf-8\"; name*0*=iso-8859-1'de'a%FC; name*1=\"b c\"; x = y ;;z; q=\"a;b\"");
    CHECK(read.value == "text/plain");
    CHECK(read.parameter("charset") == "utf-8");
    CHECK(read.parameter("name") == "aüb c");
    CHECK(read.parameter("x") == "y");
    CHECK(read.parameter("q") == "a;b");
    CHECK(read.parameter("z").empty());
    CHECK(read_parameters("a; n*=utf-8''%e2%82%ac; n=x").parameter("n") == "€");
    CHECK(read_parameters("a; n*1=x").parameter("n").empty());
    CHECK(read_parameters("a; n=\"open").parameter("n") == "open");
    CHECK(read_parameters("").value.empty());
}

TEST_CASE("parts, and what of them is read") {
    constexpr std::string_view bytes =
        "Content-Type: multipart/mixed; boundary=o\r\n\r\n--o\r\nContent-Type: multipart/alternative; "
        "boundary=i\r\n\r\n"
        "--i\r\nContent-Type: text/html\r\n\r\n<p>h\r\n--i\r\n\r\nplain\r\n--i--\r\n--o\r\nContent-Type: text/plain; "
        "name=n.txt\r\nContent-Disposition: attachment\r\n\r\nfile\r\n--o--\r\n";
    const Part message = read_message(bytes);
    REQUIRE(message.parts.size() == 2);
    CHECK(message.parts[0].parts.size() == 2);
    const auto read = readable(message);
    CHECK(read.text == "plain");
    REQUIRE(read.attachments.size() == 1);
    CHECK(read.attachments[0]->name == "n.txt");
    CHECK(read.attachments[0]->decoded() == "file");
    CHECK(html_text("<p>a</p>b &lt;&#x41;&bogus;&#99999999; c<br>d <script>x</script>e < f") ==
          "a\nb <A&bogus;\xef\xbf\xbd c\nd e < f\n");
}
