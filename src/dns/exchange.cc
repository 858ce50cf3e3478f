// SPDX-License-Identifier: MIT
#include "dns/exchange.h"

#include <sys/random.h>

#include <algorithm>
#include <memory>

#include "dns/carry.h"
#include "dns/https.h"

namespace fid::dns {
namespace {

using transport::Clock;
using transport::Connection;
using transport::Task;
namespace wire = packet::dns;

constexpr std::size_t client_cookie_size = 8;  // RFC 7873 section 4

/// Stops a stream when its time is up, and forgets it where it goes first.
class Alarm {
  public:
    Alarm(transport::Executor executor, transport::Stream& stream, Clock::time_point when, Error why)
        : timer_(executor) {
        timer_.expires_at(when);
        timer_.async_wait([&stream, why = std::move(why), armed = armed_](const boost::system::error_code& error) {
            if (!error && *armed) stream.stop(why);
        });
    }
    Alarm(const Alarm&) = delete;
    Alarm& operator=(const Alarm&) = delete;
    ~Alarm() { *armed_ = false; }

  private:
    transport::Timer timer_;
    std::shared_ptr<bool> armed_ = std::make_shared<bool>(true);
};

/// The cookie in an answer, ours and the server's; empty where there is none.
Bytes cookie_of(const Message& message) {
    const auto edns = message.edns();
    if (!edns) return {};
    Bytes rest = edns->options;
    while (const auto option = take_option(rest))
        if (option->code == option::cookie) return option->data;
    return {};
}

class Exchange {
  public:
    /// `keep`: the connection is for the next question as well.
    Exchange(transport::Executor executor, Server server, ExchangeOptions options, bool keep)
        : executor_(executor), server_(std::move(server)), options_(std::move(options)), keep_(keep) {}

    Task<Result<Answer>> run(Question question) {
        answer_ = {};
        answer_.question = question;
        answer_.carrier = server_.carrier;
        unsigned cookies_refused = 0;
        while (true) {
            auto asking = ask();
            auto asked = co_await std::move(asking);
            if (!asked) co_return std::unexpected(std::move(asked.error()));
            const Message message = answer_.message();
            if (answer_.carrier == Carrier::udp && message.header().has(wire::flag_truncated) &&
                !options_.keep_truncated) {
                go_over_tcp();
                continue;
            }
            if (misunderstands_edns(message)) {
                options_.query.edns.reset();
                answer_.without_edns = true;
                continue;
            }
            if (wants_cookie(message) && cookies_refused < 2) {
                // RFC 7873 section 5.3: once more with the new cookie, then over TCP, where none is needed.
                if (++cookies_refused == 2) go_over_tcp();
                continue;
            }
            co_return std::move(answer_);
        }
    }

  private:
    void go_over_tcp() {
        disconnect();
        answer_.carrier = Carrier::tcp;
        answer_.tcp_instead = true;
    }

    /// RFC 6891 section 7: such a server gives no OPT record back.
    [[nodiscard]] bool misunderstands_edns(const Message& message) const {
        const unsigned code = message.header().rcode();
        return options_.query.edns && !options_.keep_edns &&
               (code == rcode::format_error || code == rcode::not_implemented) && !message.edns();
    }

    /// Takes the server's cookie over where it asks for that.
    bool wants_cookie(const Message& message) {
        if (!options_.query.edns || options_.query.edns->cookie.empty() || options_.keep_cookie_error) return false;
        const Bytes cookie = cookie_of(message);
        if (message.rcode(message.edns()) != rcode::bad_cookie || cookie.size() <= client_cookie_size) return false;
        options_.query.edns->cookie.assign(cookie.begin(), cookie.end());
        return true;
    }

    /// Until there is an answer, or no attempt left.
    Task<Result<void>> ask() {
        for (unsigned attempt = 1;; ++attempt) {
            auto asking = ask_once();
            auto asked = co_await std::move(asking);
            if (asked || asked.error().status != Status::timeout || attempt >= options_.attempts) co_return asked;
        }
    }

    [[nodiscard]] Error late() const {
        return {Status::timeout, "no answer from", server_.text(), "timed out",
                answer_.carrier == Carrier::udp ? "try +tcp, or another server with @HOST" : ""};
    }

    Task<Result<void>> ask_once() {
        const auto deadline = Clock::now() + std::chrono::duration_cast<Clock::duration>(options_.timeout);
        const bool stood = connection_.has_value();
        auto asking = ask_connected(deadline);
        auto asked = co_await std::move(asking);
        // RFC 7766 section 6.2.4: a server may end a connection whenever it likes.
        if (asked || !stood || asked.error().status == Status::timeout) co_return asked;
        auto again = ask_connected(deadline);
        co_return co_await std::move(again);
    }

    Task<Result<void>> ask_connected(Clock::time_point deadline) {
        answer_.connect = {};
        if (!connection_) {
            const auto begun = Clock::now();
            auto dialling = transport::dial(executor_, dial_endpoint(server_, answer_.carrier),
                                            dial_options(options_, answer_.carrier));
            auto connection = co_await std::move(dialling);
            if (!connection) co_return std::unexpected(std::move(connection.error()));
            connection_ = std::move(*connection);
            answer_.connect = Clock::now() - begun;
        }
        answer_.peer = connection_->peer.text();
        auto talking = talk_until(deadline);
        auto talked = co_await std::move(talking);
        if (!keep_ || !talked) disconnect();
        co_return talked;
    }

    Task<Result<void>> talk_until(Clock::time_point deadline) {
        const Alarm alarm(executor_, *connection_->stream, deadline, late());
        distrust_.reset();
        prepare_query();
        const auto sent = Clock::now();
        auto talking = talk(*connection_);
        auto talked = co_await std::move(talking);
        answer_.rtt = Clock::now() - sent;
        if (!talked && distrust_) co_return std::unexpected(*distrust_);
        co_return talked;
    }

    void disconnect() {
        https_.reset();
        connection_.reset();
    }

    Task<Result<void>> talk(Connection& connection) {
        if (answer_.carrier == Carrier::https) return talk_https(connection);
        return answer_.carrier == Carrier::udp ? talk_datagrams(connection) : talk_stream(connection);
    }

    void prepare_query() {
        // RFC 8484 section 4.1: the same question is the same request, so that caches can answer it.
        const std::uint16_t random_id = static_cast<std::uint16_t>(random_bits());
        id_ = options_.id.value_or(answer_.carrier == Carrier::https ? std::uint16_t{0} : random_id);
        query_ = make_query(id_, answer_.question, options_, answer_.carrier);
        if (options_.mix_case && !query_.empty()) {
            mix_case(name_in_query(query_, answer_.question), random_bits());
            answer_.question = *Message::open(query_)->question();
        }
        if (options_.key && !query_.empty()) signature_.emplace(*options_.key).sign(query_, unix_seconds());
        answer_.query_size = query_.size();
    }

    /// Is it the answer? What is not is noted.
    bool accept(Bytes bytes) {
        // Over a stream nobody else can speak, but a server may still get it wrong.
        switch (match_reply(bytes, id_, answer_.question, options_.mix_case)) {
            case Match::yes:
                break;
            case Match::too_short:
                return ignore("an answer without a header");
            case Match::no_response:
                return ignore("a question");
            case Match::other_id:
                return ignore("an answer with another ID");
            case Match::other_question:
                return ignore("an answer to another question");
        }
        if (signature_) {
            if (auto checked = signature_->check(bytes, unix_seconds(), server_.text()); !checked) {
                distrust_ = std::move(checked.error());
                return ignore("an answer that cannot be trusted: " + distrust_->cause);
            }
        }
        distrust_.reset();
        answer_.bytes.assign(bytes.begin(), bytes.end());
        const auto& edns = options_.query.edns;
        if (!edns || edns->cookie.empty()) return true;
        const Bytes cookie = cookie_of(answer_.message());
        if (cookie.empty()) return true;
        const Bytes ours = Bytes(edns->cookie).first(std::min(client_cookie_size, edns->cookie.size()));
        if (cookie.size() >= ours.size() && std::ranges::equal(cookie.first(ours.size()), ours)) return true;
        return ignore("an answer with another cookie");
    }
    bool ignore(std::string what) {
        constexpr std::size_t enough = 16;
        if (answer_.ignored.size() < enough) answer_.ignored.push_back(std::move(what));
        return false;
    }

    Task<Result<void>> talk_datagrams(Connection& connection) {
        auto writing = connection.stream->write(query_);
        auto written = co_await std::move(writing);
        if (!written) co_return written;
        std::vector<std::uint8_t> buffer(max_message);
        while (true) {
            auto reading = connection.stream->read(buffer);
            auto chunk = co_await std::move(reading);
            if (!chunk) co_return std::unexpected(std::move(chunk.error()));
            if (accept(Bytes(buffer).first(chunk->size))) co_return Result<void>();
            // Who could forge this refusal could as well drop the answer.
            if (distrust_ && distrust_->status == Status::login_refused) co_return std::unexpected(*distrust_);
        }
    }

    Task<Result<void>> talk_stream(Connection& connection) {
        auto writing = write_message(*connection.stream, query_);
        auto written = co_await std::move(writing);
        if (!written) co_return written;
        const std::string server = server_.text();
        while (true) {
            auto reading = read_message(*connection.stream, server);
            auto body = co_await std::move(reading);
            if (!body) co_return std::unexpected(std::move(body.error()));
            if (accept(*body)) co_return Result<void>();
            if (distrust_) co_return std::unexpected(*distrust_);
        }
    }

    Task<Result<void>> talk_https(Connection& connection) {
        if (connection.tls->alpn != "h2")
            co_return fail(Status::protocol_violation, "cannot ask", server_.text(), "it does not speak HTTP/2");
        HttpsRequest request = https_request(server_);
        request.body = query_;
        if (!https_) https_ = std::make_unique<HttpsConnection>(*connection.stream);
        auto posting = https_->post(std::move(request));
        auto body = co_await std::move(posting);
        if (!body) co_return std::unexpected(std::move(body.error()));
        if (accept(*body)) co_return Result<void>();
        if (distrust_) co_return std::unexpected(*distrust_);
        co_return fail(Status::protocol_violation, "no answer from", server_.text(),
                       "it sent " + answer_.ignored.back());
    }

    transport::Executor executor_;
    Server server_;
    ExchangeOptions options_;
    bool keep_;
    std::optional<Connection> connection_;
    std::unique_ptr<HttpsConnection> https_;  ///< over `connection_`
    Answer answer_;
    std::uint16_t id_ = 0;
    std::vector<std::uint8_t> query_;
    std::optional<TsigSession> signature_;
    std::optional<Error> distrust_;  ///< why the last answer was not accepted
};

}  // namespace

class Session::State {
  public:
    State(transport::Executor executor, Server server, ExchangeOptions options)
        : exchange_(executor, std::move(server), std::move(options), true) {}
    [[nodiscard]] Task<Result<Answer>> ask(Question question) { return exchange_.run(question); }

  private:
    Exchange exchange_;
};

Session::Session(transport::Executor executor, Server server, ExchangeOptions options)
    : state_(std::make_unique<State>(executor, std::move(server), std::move(options))) {}
Session::~Session() = default;

transport::Task<Result<Answer>> Session::ask(Question question) { return state_->ask(question); }

std::uint64_t random_bits() {
    std::uint64_t bits = 0;
    // At most 256 bytes are given whole, and without waiting once the system has started.
    [[maybe_unused]] const ssize_t got = getrandom(&bits, sizeof bits, 0);
    return bits;
}

transport::Task<Result<Answer>> exchange(transport::Executor executor, Server server, Question question,
                                         ExchangeOptions options) {
    Exchange one(executor, std::move(server), std::move(options), false);
    auto running = one.run(question);
    co_return co_await std::move(running);
}

}  // namespace fid::dns
