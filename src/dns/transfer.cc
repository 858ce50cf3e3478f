// SPDX-License-Identifier: MIT
#include "dns/transfer.h"

#include <openssl/ssl.h>

#include <boost/asio/post.hpp>

#include "dns/carry.h"
#include "transport/deadline.h"

namespace fid::dns {
namespace {

using transport::Clock;
using transport::Task;

class Transfer {
  public:
    Transfer(transport::Executor executor, Server server, Question question, ExchangeOptions options,
             TransferSink& sink, TransferReport& report)
        : executor_(executor),
          server_(std::move(server)),
          question_(question),
          options_(std::move(options)),
          sink_(sink),
          report_(report),
          name_(server_.text()) {
        report_.carrier = server_.carrier == Carrier::tls ? Carrier::tls : Carrier::tcp;
    }

    Task<Result<void>> run() {
        if (server_.carrier == Carrier::https)
            co_return fail(Status::usage, "zones are transferred over TCP or TLS, not over HTTPS:", name_, {},
                           "tls://HOST is private as well");
        auto trying = try_once();
        auto done = co_await std::move(trying);
        if (!done && no_edns_) {
            options_.query.edns.reset();
            auto again = try_once();
            done = co_await std::move(again);
        }
        co_return done;
    }

  private:
    [[nodiscard]] Error late() const {
        const bool begun = report_.counts.messages != 0;
        return {Status::timeout, begun ? "no further message from" : "no answer from", name_, "timed out",
                begun ? "--timeout is for each message" : ""};
    }

    Task<Result<void>> try_once() {
        transport::DialOptions dial = dial_options(options_, report_.carrier);
        // RFC 9103 section 7.1.
        dial.tls.prepare = [](SSL& tls) { SSL_set_min_proto_version(&tls, TLS1_3_VERSION); };
        auto dialling = transport::dial(executor_, dial_endpoint(server_, report_.carrier), std::move(dial));
        auto connection = co_await std::move(dialling);
        if (!connection) co_return std::unexpected(std::move(connection.error()));
        report_.peer = connection->peer.text();
        report_.agreed_on_dot = !connection->tls || connection->tls->alpn == "dot";
        const std::uint16_t id = options_.id.value_or(static_cast<std::uint16_t>(random_bits()));
        std::vector<std::uint8_t> query = make_query(id, question_, options_, report_.carrier);
        std::optional<TsigSession> signature;
        if (options_.key) signature.emplace(*options_.key).sign(query, unix_seconds());
        TransferReader reader(question_, id, options_.query.serial);
        const auto begun = Clock::now();
        auto talking = talk(*connection->stream, query, reader, signature);
        auto talked = co_await std::move(talking);
        report_.duration = Clock::now() - begun;
        report_.complete = talked && reader.complete();
        co_return talked;
    }

    Task<Result<void>> talk(transport::Stream& stream, Bytes query, TransferReader& reader,
                            std::optional<TsigSession>& signature) {
        auto writing = write_message(stream, query);
        auto written = co_await std::move(writing);
        if (!written) co_return written;
        for (bool over = false; !over;) {
            const transport::StreamDeadline deadline(executor_, stream, options_.timeout, [this] { return late(); });
            auto reading = read_message(stream, name_);
            auto bytes = co_await std::move(reading);
            if (!bytes) co_return std::unexpected(cut(std::move(bytes.error())));
            auto taken = take(*bytes, reader, signature);
            report_.counts = reader.counts();
            report_.kind = reader.kind();
            report_.serial = reader.serial();
            if (!taken) co_return std::unexpected(std::move(taken.error()));
            over = *taken;
            // While there is always more to read nothing waits, and what else the loop looks for (Ctrl-C) is not seen.
            co_await transport::asio::post(executor_, transport::as_task);
        }
        if (reader.complete() && signature && !signature->ends_signed())
            co_return fail(Status::protocol_violation, "cannot trust the transfer from", name_,
                           "its end is not signed");
        co_return Result<void>();
    }

    /// The end of the connection between two messages is one in the middle of the transfer.
    [[nodiscard]] Error cut(Error error) const {
        if (report_.counts.messages == 0) return error;
        if (error.status == Status::empty_reply) error.status = Status::truncated;
        if (error.status == Status::truncated) error.attempt = "the transfer breaks off from";
        return error;
    }

    Result<bool> take(Bytes bytes, TransferReader& reader, std::optional<TsigSession>& signature) {
        const auto message = Message::open(bytes);
        if (!message) return fail(Status::protocol_violation, "not a zone transfer from", name_, "no DNS message");
        if (signature)
            if (auto checked = signature->check(bytes, unix_seconds(), name_); !checked)
                return std::unexpected(std::move(checked.error()));
        auto taken = reader.take(*message, name_, sink_);
        const unsigned code = message->header().rcode();
        no_edns_ = !taken && options_.query.edns && !options_.keep_edns && reader.counts().messages == 0 &&
                   (code == rcode::format_error || code == rcode::not_implemented) && !message->edns();
        return taken;
    }

    transport::Executor executor_;
    Server server_;
    Question question_;
    ExchangeOptions options_;
    TransferSink& sink_;
    TransferReport& report_;
    std::string name_;
    bool no_edns_ = false;  ///< the server has not understood EDNS
};

}  // namespace

Task<Result<void>> transfer(transport::Executor executor, Server server, Question question, ExchangeOptions options,
                            TransferSink& sink, TransferReport& report) {
    Transfer one(executor, std::move(server), question, std::move(options), sink, report);
    auto running = one.run();
    co_return co_await std::move(running);
}

}  // namespace fid::dns
