// SPDX-License-Identifier: MIT
#include "cmd/connect/events.h"

#include <array>
#include <utility>

#include "report/calendar.h"
#include "report/interrupt.h"

namespace fid::cmd::connect {
namespace {

using report::Field;
using report::Record;
using report::Type;
using report::Value;
using transport::Chunk;
using transport::SocketAddress;
using transport::Task;

constexpr std::array connected_fields{
    Field{"side", Type::integer, "with --to: 1 is the endpoint, 2 that of --to"},
    Field{"endpoint", Type::text, "what was asked for"},
    Field{"local_address", Type::text, "our address; of a Unix socket its name"},
    Field{"local_port", Type::integer, "our port"},
    Field{"peer_address", Type::text, "whom we are connected to: the peer, or the nearest proxy"},
    Field{"peer_port", Type::integer, "its port"},
    Field{"lookup_ms", Type::real, "time for the name; null where an address was given"},
    Field{"connect_ms", Type::real, "time for the connection"},
    Field{"proxy_ms", Type::real, "time for the proxies' tunnels"},
    Field{"tls_ms", Type::real, "time for the TLS handshake"},
    Field{"tls_version", Type::text, "TLSv1.3 or TLSv1.2; null without TLS"},
    Field{"tls_cipher", Type::text, "the cipher suite agreed on"},
    Field{"tls_alpn", Type::text, "the protocol agreed on"},
    Field{"tls_resumed", Type::boolean, "an earlier session was taken up again"},
    Field{"terminal", Type::text, "the path of a pseudo terminal"},
    Field{"time", Type::time, "when it happened"},
};
constexpr std::array data_fields{
    Field{"side", Type::integer, "with --to: whose they are, 1 the endpoint's, 2 that of --to"},
    Field{"bytes", Type::integer, "how many"},
    Field{"data", Type::text, "the bytes themselves; with --frame resp what was received is the reply as a value"},
    Field{"time", Type::time, "when it happened"},
};
constexpr std::array closed_fields{
    Field{"endpoint", Type::text, "what was asked for"},
    Field{"to", Type::text, "the endpoint of --to"},
    Field{"sent_bytes", Type::integer, "bytes of standard input, or of --to, that were sent to the endpoint"},
    Field{"received_bytes", Type::integer, "bytes received from it"},
    Field{"first_byte_ms", Type::real, "time from the connection to the first byte received"},
    Field{"duration_ms", Type::real, "time from the connection to the end"},
    Field{"status", Type::integer, "what we exit with"},
    Field{"time", Type::time, "when it happened"},
};

Value text_or_null(const std::string& text) { return text.empty() ? Value() : Value(text); }
Value milliseconds_or_null(const std::optional<std::chrono::nanoseconds>& time) {
    return time ? Value(milliseconds(*time)) : Value();
}

void set_side(Record& record, unsigned side) { record.set("side", side == 0 ? Value() : Value(side)); }

void set_end(Record& record, const std::string& end, const SocketAddress& place) {
    if (const auto address = place.address())
        record.set(end + "_address", address->text()).set(end + "_port", unsigned{place.port()});
    else
        record.set(end + "_address", text_or_null(place.unix_name()));
}

class EventStream final : public transport::Stream {
  public:
    EventStream(Stream& below, report::Output& out, unsigned side, std::function<Value()> message)
        : below_(below), out_(out), side_(side), message_(std::move(message)) {}

    Task<Result<Chunk>> read(std::span<std::uint8_t> into) override {
        auto chunk = co_await below_.read(into);
        if (chunk && !chunk->end && message_) {
            size_ += chunk->size;
            if (!chunk->more) tell(received_record, std::exchange(size_, 0), message_());
        } else if (chunk && !chunk->end) {
            tell(received_record, into.first(chunk->size));
        }
        if (out_.closed()) co_return fail(Status::success, "nobody reads", "standard output");
        co_return chunk;
    }
    Task<Result<void>> write(Bytes bytes) override {
        auto written = co_await below_.write(bytes);
        if (written && side_ == 0) tell(sent_record, bytes);
        co_return written;
    }
    Task<Result<void>> finish() override { return below_.finish(); }
    Task<Result<void>> conclude() override { return below_.conclude(); }
    void stop(const Error& why) override { below_.stop(why); }
    [[nodiscard]] bool keeps_boundaries() const override { return below_.keeps_boundaries(); }
    [[nodiscard]] transport::Ending ending() const override { return below_.ending(); }
    [[nodiscard]] std::string_view name() const override { return below_.name(); }

  private:
    void tell(const report::RecordType& type, Bytes bytes) { tell(type, bytes.size(), std::string(as_text(bytes))); }
    void tell(const report::RecordType& type, std::size_t size, Value data) {
        Record record(type);
        set_side(record, side_);
        record.set("bytes", size).set("data", std::move(data)).set("time", report::utc_now());
        out_.write(record);
        out_.flush();
    }

    Stream& below_;
    report::Output& out_;
    unsigned side_;
    std::function<Value()> message_;
    std::size_t size_ = 0;  ///< of the message so far, where there are whole ones only
};

}  // namespace

const report::RecordType connected_record{"connected", "The connection stands.", connected_fields};
const report::RecordType sent_record{"sent", "Bytes, or a datagram, given to the connection.", data_fields};
const report::RecordType received_record{"received", "Bytes, or a datagram, that came from it.", data_fields};
const report::RecordType closed_record{"closed", "The account of the session.", closed_fields};

double milliseconds(std::chrono::nanoseconds time) { return std::chrono::duration<double, std::milli>(time).count(); }

Record describe_connected(const Endpoint& endpoint, const transport::Connection& connection, unsigned side) {
    Record record(connected_record);
    set_side(record, side);
    record.set("endpoint", endpoint.text()).set("time", report::utc_now());
    set_end(record, "local", connection.local);
    set_end(record, "peer", connection.peer);
    const auto& timings = connection.timings;
    record.set("lookup_ms", milliseconds_or_null(timings.lookup));
    record.set("connect_ms", milliseconds_or_null(timings.connect));
    record.set("proxy_ms", milliseconds_or_null(timings.proxy)).set("tls_ms", milliseconds_or_null(timings.tls));
    if (const auto& tls = connection.tls) {
        record.set("tls_version", tls->version).set("tls_cipher", tls->cipher);
        record.set("tls_alpn", text_or_null(tls->alpn)).set("tls_resumed", tls->resumed);
    }
    record.set("terminal", text_or_null(connection.terminal));
    return record;
}

Record describe_closed(const Settings& settings, const Outcome& outcome) {
    Record record(closed_record);
    record.set("endpoint", settings.endpoint.text()).set("time", report::utc_now());
    record.set("to", settings.to ? Value(settings.to->text()) : Value());
    record.set("sent_bytes", outcome.sent.bytes).set("received_bytes", outcome.received.bytes);
    record.set("first_byte_ms", milliseconds_or_null(outcome.first_byte()));
    record.set("duration_ms", milliseconds(outcome.ended - outcome.started));
    const Status status = report::interrupted() ? Status::interrupted : outcome.status;
    record.set("status", static_cast<int>(status));
    return record;
}

transport::StreamPtr make_event_stream(transport::Stream& below, report::Output& out, unsigned side,
                                       std::function<Value()> message) {
    return std::make_unique<EventStream>(below, out, side, std::move(message));
}

}  // namespace fid::cmd::connect
