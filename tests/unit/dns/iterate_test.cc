// SPDX-License-Identifier: MIT
// The walk from the root down, in a network of the test's own.
#include "dns/iterate.h"

#include <doctest/doctest.h>

#include "made_message.h"

using namespace fid;
using namespace fid::dns;
using transport::Task;

namespace {

/// Servers by their address, each with what it says to "NAME TYPE"; "*" is for everything else. None: it is silent.
using Network = std::map<std::string, std::map<std::string, std::string>>;

struct Walk {
    explicit Walk(Network servers, IterateOptions options = {}) : network(std::move(servers)) {
        if (options.root.empty()) options.root.push_back({{}, {Server::at(*Address::parse("192.0.2.1"))}});
        options.prime = false;
        iteration.emplace(
            std::move(options),
            [this](const Server& server, const Question& question, bool) {
                return answer(server.endpoint.host, question);
            },
            [this](const Step& step) { told.push_back(step.host.servers.front().endpoint.host); });
    }

    Task<Result<Answer>> answer(std::string host, Question question) {
        const auto server = network.find(host);
        if (server == network.end()) co_return fail(Status::timeout, "no answer from", host, "timed out");
        auto text = server->second.find(question.name.text() + " " + type_text(question.type));
        if (text == server->second.end()) text = server->second.find("*");
        Answer made;
        made.question = question;
        made.bytes = made_message(question, text == server->second.end() ? "refused" : text->second);
        co_return made;
    }

    Task<void> resolve(Question question) {
        auto resolving = iteration->resolve(std::move(question));
        auto resolved = co_await std::move(resolving);
        finding.emplace(std::move(resolved));
    }

    const Result<Finding>& run(std::string_view name, std::uint16_t type = type::a) {
        transport::asio::io_context loop;
        auto resolving = resolve(question_about(name, type));
        transport::asio::co_spawn(loop.get_executor(), std::move(resolving), transport::asio::detached);
        loop.run();
        return *finding;
    }

    Network network;
    std::vector<std::string> told;  ///< who was asked
    std::optional<Result<Finding>> finding;
    std::optional<Iteration> iteration;
};

const std::string to_test = "; ns test NS ns.test; ad ns.test A 192.0.2.2";

}  // namespace

TEST_CASE("from the root down, and not through the same zones twice") {
    Walk walk({{"192.0.2.1", {{"*", to_test}}},
               {"192.0.2.2", {{"*", "; ns a.test NS ns.a.test; ad ns.a.test A 192.0.2.3"}}},
               {"192.0.2.3", {{"*", "aa; an w.a.test A 198.51.100.1"}}}});
    const auto& found = walk.run("w.a.test");
    REQUIRE(found);
    CHECK(found->what == Meaning::answer);
    CHECK(found->zone.text() == "a.test.");
    CHECK(walk.told == std::vector<std::string>{"192.0.2.1", "192.0.2.2", "192.0.2.3"});
    walk.told.clear();
    REQUIRE(walk.run("w.a.test"));
    CHECK(walk.told == std::vector<std::string>{"192.0.2.3"});
}

TEST_CASE("another server of the zone is asked where one fails") {
    Walk walk({{"192.0.2.1",
                {{"*",
                  "; ns test NS n1.test; ns test NS n2.test; ns test NS n3.test; ad n1.test A 192.0.2.7;"
                  "ad n2.test A 192.0.2.8; ad n3.test A 192.0.2.9"}}},
               {"192.0.2.8", {{"*", "refused"}}},
               {"192.0.2.9", {{"*", "aa; an w.test A 198.51.100.1"}}}});
    REQUIRE(walk.run("w.test"));
    CHECK(walk.told == std::vector<std::string>{"192.0.2.1", "192.0.2.7", "192.0.2.8", "192.0.2.9"});
}

TEST_CASE("silent servers are asked once more, and then it is a timeout") {
    Walk walk({{"192.0.2.1", {{"*", to_test}}}});
    const auto& found = walk.run("w.test");
    REQUIRE(!found);
    CHECK(found.error().status == Status::timeout);
    CHECK(walk.told == std::vector<std::string>{"192.0.2.1", "192.0.2.2", "192.0.2.2"});
}

TEST_CASE("an alias into another zone is asked for there") {
    Walk walk({{"192.0.2.1", {{"*", to_test}, {"w.else. A", "aa; an w.else A 198.51.100.2"}}},
               {"192.0.2.2", {{"*", "aa; an w.test CNAME w.else; an w.else A 203.0.113.66"}}}});
    const auto& found = walk.run("w.test");
    REQUIRE(found);
    CHECK(found->chain.size() == 2);
    CHECK(walk.told == std::vector<std::string>{"192.0.2.1", "192.0.2.2", "192.0.2.1"});
}

TEST_CASE("aliases in a circle end") {
    Walk walk({{"192.0.2.1",
                {{"a.one. A", "; ns one NS n.one; ad n.one A 192.0.2.3"},
                 {"b.two. A", "; ns two NS n.two; ad n.two A 192.0.2.4"}}},
               {"192.0.2.3", {{"*", "aa; an a.one CNAME b.two"}}},
               {"192.0.2.4", {{"*", "aa; an b.two CNAME a.one"}}}});
    const auto& found = walk.run("a.one");
    REQUIRE(!found);
    CHECK(found.error().status == Status::protocol_violation);
    CHECK(found.error().sentence() == "aliases in a circle: b.two. leads back to a.one.");
}

TEST_CASE("the address of a server is found where the referral lacks it, or lies") {
    Walk walk({{"192.0.2.1", {{"w.test. A", to_test}, {"n.else. A", "; ns else NS m.else; ad m.else A 192.0.2.4"}}},
               {"192.0.2.2", {{"*", "; ns w.test NS n.else; ad n.else A 203.0.113.66"}}},
               {"192.0.2.4", {{"*", "aa; an n.else A 192.0.2.5"}}},
               {"192.0.2.5", {{"*", "aa; an w.test A 198.51.100.1"}}}});
    REQUIRE(walk.run("w.test"));
    CHECK(walk.told == std::vector<std::string>{"192.0.2.1", "192.0.2.2", "192.0.2.1", "192.0.2.4", "192.0.2.5"});
}

TEST_CASE("name servers that wait for each other are told") {
    Walk walk({{"192.0.2.1",
                {{"w.one. A", "; ns one NS n.two"}, {"n.two. A", "; ns two NS n.one"}, {"n.two. AAAA", "refused"}}}});
    const auto& found = walk.run("w.one");
    REQUIRE(!found);
    CHECK(found.error().status == Status::protocol_violation);
    CHECK(found.error().sentence() ==
          "name servers that wait for each other's address: n.two. needs n.one., which needs n.two.");
}

TEST_CASE("a maze of name servers without addresses is left after so many questions") {
    // Each zone has many servers, each in a zone of its own without glue.
    Network network;
    auto& root = network["192.0.2.1"];
    for (unsigned zone = 0; zone < 300; ++zone) {
        const std::string name = "z" + std::to_string(zone);
        std::string referral;
        for (unsigned next = 1; next <= 20; ++next)
            referral += "; ns " + name + " NS n.z" + std::to_string((zone * 20 + next) % 300);
        root["n." + name + ". A"] = root["n." + name + ". AAAA"] = referral;
    }
    Walk walk(std::move(network));
    const auto& found = walk.run("n.z0");
    REQUIRE(!found);
    CHECK(found.error().status == Status::protocol_violation);
    CHECK(walk.told.size() <= 200);
}
