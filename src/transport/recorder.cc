// SPDX-License-Identifier: MIT
#include "transport/recorder.h"

#include <pthread.h>
#include <signal.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>
#include <tuple>
#include <utility>

#include "capture/writer.h"

namespace fid::transport {
namespace {

using Steady = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr std::uint16_t link_type_raw = 101;
constexpr std::uint32_t flag_inbound = 1, flag_outbound = 2;
constexpr auto flush_interval = 200ms;
constexpr auto hold_limit = 2s;

constexpr std::string_view section_comment =
    "Recorded at the sockets of the command itself. Addresses, order, times and the bytes carried are true; "
    "TCP sequence numbers, acknowledgements, segment bounds and other header fields are made up to fit them.";

/// Wall clock time that never goes backwards within a recording.
class WallClock {
  public:
    [[nodiscard]] capture::Timestamp now() const {
        const auto time = wall_ + std::chrono::duration_cast<std::chrono::nanoseconds>(Steady::now() - steady_);
        const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
        return {seconds.count(), static_cast<std::uint32_t>((time - seconds).count())};
    }

  private:
    std::chrono::nanoseconds wall_ =
        std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch());
    Steady::time_point steady_ = Steady::now();
};

/// Addresses for Unix sockets, out of 127.85.0.0/16 (85 is 'U').
class UnixAddresses {
  public:
    struct Place {
        Address address;
        std::uint16_t port;
        bool is_new;
    };
    Place of(const std::string& name) {
        if (name.empty()) {
            const std::uint32_t number = unnamed_++;
            return {Address::v4(network + unnamed_host), static_cast<std::uint16_t>(first_port + number % ports),
                    number == 0};
        }
        // Few commands meet more than one. A client may bind each of its sockets to a name, so there is a limit.
        if (names_.size() >= last_host - first_host && !names_.contains(name))
            return {Address::v4(network + last_host), first_port, false};
        const auto [found, is_new] = names_.try_emplace(name, first_host + static_cast<std::uint32_t>(names_.size()));
        return {Address::v4(network + found->second), first_port, is_new};
    }

  private:
    static constexpr std::uint32_t network = 0x7f550000U, unnamed_host = 1, first_host = 2, last_host = 0xfffe;
    static constexpr std::uint16_t first_port = 49152, ports = 16384;
    std::map<std::string, std::uint32_t> names_;
    std::uint32_t unnamed_ = 0;
};

/// "unix:/run/x", "unix:(unnamed)": any bytes may stand in a path.
std::string unix_label(const SocketAddress& socket) {
    Text label;
    label.escaped(socket.family() == AF_UNIX ? socket.text() : "unix:(unnamed)");
    return label.take();
}

Bytes address_bytes(const std::array<std::uint8_t, 16>& bytes, const Address& address) {
    return Bytes(bytes).first(address.is_v4() ? 4 : 16);
}

/// ::ffff:192.0.2.1 is how a socket of both families shows an IPv4 peer.
Address unmapped(const Address& address) {
    const Uint128 number = address.number();
    if (address.is_v4() || number >> 32U != 0xffff) return address.without_zone();
    return Address::v4(static_cast<std::uint32_t>(number));
}

Address to_v6(const Address& address) {
    if (!address.is_v4()) return address;
    return Address::v6(address.number() == 0 ? 0 : (Uint128{0xffff} << 32U) | address.number());
}

}  // namespace

struct Recorder::State {
    explicit State(std::unique_ptr<capture::Writer> capture_writer) : writer(std::move(capture_writer)) {}

    /// The flusher: sleeps until there is something to write, lets it gather, writes it.
    void run() {
        std::unique_lock lock(mutex);
        while (!stopping) {
            changed.wait(lock, [this] { return stopping || writer->pending(); });
            changed.wait_for(lock, flush_interval, [this] { return stopping; });
            forget_old_holds();
            if (const auto written = writer->flush(); !written) return;  // close() tells
        }
    }

    void packet(Side from, Bytes head, Bytes payload, std::size_t length, std::string_view comment) {
        writer->packet({.interface = 0,
                        .time = clock.now(),
                        .head = head,
                        .rest = payload,
                        .length = static_cast<std::uint32_t>(length),
                        .flags = from == Side::local ? flag_outbound : flag_inbound,
                        .comment = comment});
    }
    /// Wakes the flusher where it sleeps because nothing was pending.
    void wake(bool was_pending) {
        if (!was_pending) changed.notify_one();
    }

    /// The address and port that stand for a Unix socket; the file names the address when it is new.
    std::pair<Address, std::uint16_t> unix_place(const SocketAddress& socket) {
        const auto place = unix_addresses.of(socket.unix_name());
        const auto bytes = place.address.bytes();
        if (place.is_new) writer->name(address_bytes(bytes, place.address), unix_label(socket));
        return {place.address, place.port};
    }

    void forget_old_holds() {
        while (!holds.empty() && Steady::now() - holds.begin()->second > hold_limit) holds.erase(holds.begin());
        apply_holds();
    }
    void apply_holds() { writer->hold(holds.empty() ? std::nullopt : std::optional(holds.begin()->first)); }

    mutable std::mutex mutex;  ///< over all of this
    std::condition_variable changed;
    std::unique_ptr<capture::Writer> writer;
    WallClock clock;
    UnixAddresses unix_addresses;
    std::map<std::uint64_t, Steady::time_point> holds;  ///< places in the file; later ones are younger
    std::uint32_t flows = 0;
    bool stopping = false;
    std::thread flusher;
};

// --- Recorder

Result<std::unique_ptr<Recorder>> Recorder::start(RecorderOptions options) {
    auto writer = capture::Writer::open({.path = std::move(options.path),
                                         .application = std::move(options.application),
                                         .comment = std::string(section_comment),
                                         .rotate_bytes = options.rotate_bytes});
    if (!writer) return std::unexpected(writer.error());
    (void)(*writer)->add_interface(link_type_raw, "sockets", "the command's own sockets");
    auto state = std::make_unique<State>(std::move(*writer));
    // Signals are for the threads that wait for them.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    state->flusher = std::thread(&State::run, state.get());
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    return std::unique_ptr<Recorder>(new Recorder(std::move(state)));
}

Recorder::Recorder(std::unique_ptr<State> state) : state_(std::move(state)) {}

Recorder::~Recorder() { stop(); }

Flow Recorder::open(const SocketAddress& local, const SocketAddress& remote, FlowKind kind, std::string_view comment,
                    std::uint8_t hops) {
    const std::lock_guard lock(state_->mutex);
    const bool is_unix = local.family() == AF_UNIX || remote.family() == AF_UNIX;
    const auto place_of = [&](const SocketAddress& socket) -> std::pair<Address, std::uint16_t> {
        if (is_unix) return state_->unix_place(socket);
        return {unmapped(socket.address().value_or(Address())), socket.port()};
    };
    Ends ends;
    ends.hops = hops;
    std::tie(ends.source, ends.source_port) = place_of(local);
    std::tie(ends.destination, ends.destination_port) = place_of(remote);
    if (ends.source.family() != ends.destination.family()) {
        ends.source = to_v6(ends.source);
        ends.destination = to_v6(ends.destination);
    }
    Text told;
    told.put(comment);
    if (is_unix) {
        if (!told.empty()) told.put("; ");
        told.put("local ");
        told.put(unix_label(local));
        told.put(", remote ");
        told.put(unix_label(remote));
    }
    return {*this, kind, ends, told.take(), state_->flows++};
}

void Recorder::name(const Address& address, std::string_view name) {
    const std::lock_guard lock(state_->mutex);
    const Address plain = unmapped(address);
    const auto bytes = plain.bytes();
    const bool was_pending = state_->writer->pending();
    state_->writer->name(address_bytes(bytes, plain), name);
    state_->wake(was_pending);
}

Result<void> Recorder::flush() {
    const std::lock_guard lock(state_->mutex);
    return state_->writer->flush();
}

void Recorder::stop() {
    {
        const std::lock_guard lock(state_->mutex);
        state_->stopping = true;
    }
    state_->changed.notify_one();
    if (state_->flusher.joinable()) state_->flusher.join();
}

Result<void> Recorder::close() {
    stop();
    const std::lock_guard lock(state_->mutex);
    return state_->writer->close();
}

std::optional<Error> Recorder::failed() const {
    const std::lock_guard lock(state_->mutex);
    return state_->writer->error();
}

// --- Flow

/// Hands the segments of one event to the file.
class Flow::Tap final : public SegmentSink {
  public:
    explicit Tap(Flow& flow) : flow_(flow) {}
    void segment(Side from, const PacketHead& head, Bytes payload) override {
        put(from, head.bytes(), payload, head.size() + payload.size());
    }
    /// `length` is more than there are bytes where a datagram did not fit.
    void put(Side from, Bytes head, Bytes payload, std::size_t length) {
        Recorder::State& state = *flow_.recorder_->state_;
        const std::lock_guard lock(state.mutex);
        const bool was_pending = state.writer->pending();
        if (flow_.handshake_ && from == Side::remote && !payload.empty() && !flow_.held_) {
            const std::uint64_t place = state.writer->position();
            flow_.held_ = place;
            state.holds.emplace(place, Steady::now());
            state.apply_holds();
        }
        state.packet(from, head, payload, length, std::exchange(flow_.comment_, {}));
        state.wake(was_pending);
    }

  private:
    Flow& flow_;
};

Flow::Flow(Recorder& recorder, FlowKind kind, const Ends& ends, std::string comment, std::uint32_t number)
    : recorder_(&recorder), kind_(kind), ends_(ends), comment_(std::move(comment)) {
    if (kind != FlowKind::stream) return;
    // Any numbers do, but different ones make connections of the same ports tell apart (multiples of the golden ratio).
    constexpr std::uint32_t spread = 0x9e3779b1U;
    const std::uint32_t local = (2 * number + 1) * spread;
    tcp_.emplace(ends, local, local + spread);
}

Flow::Flow(Flow&& other) noexcept { *this = std::move(other); }

Flow& Flow::operator=(Flow&& other) noexcept {
    if (this == &other) return *this;
    release();
    recorder_ = std::exchange(other.recorder_, nullptr);
    kind_ = other.kind_;
    handshake_ = other.handshake_;
    held_ = std::exchange(other.held_, std::nullopt);
    ends_ = other.ends_;
    tcp_ = std::exchange(other.tcp_, std::nullopt);
    comment_ = std::move(other.comment_);
    return *this;
}

Flow::~Flow() { release(); }

void Flow::release() {
    const auto place = std::exchange(held_, std::nullopt);
    if (!place) return;
    Recorder::State& state = *recorder_->state_;
    const std::lock_guard lock(state.mutex);
    state.holds.erase(*place);
    state.apply_holds();
}

void Flow::connecting() {
    Tap tap(*this);
    if (tcp_) tcp_->request(Side::local, tap);
}

void Flow::connected() {
    Tap tap(*this);
    if (tcp_) tcp_->establish(tap);
}

void Flow::refused() {
    Tap tap(*this);
    if (tcp_) tcp_->refuse(tap);
}

void Flow::accepted() {
    Tap tap(*this);
    if (!tcp_) return;
    tcp_->request(Side::remote, tap);
    tcp_->establish(tap);
}

void Flow::sent(Bytes bytes) {
    if (recorder_ != nullptr) message(Side::local, bytes);
}

void Flow::received(Bytes bytes) {
    if (recorder_ != nullptr) message(Side::remote, bytes);
}

void Flow::sent_end() {
    Tap tap(*this);
    if (tcp_) tcp_->end(Side::local, tap);
}

void Flow::received_end() {
    Tap tap(*this);
    if (tcp_) tcp_->end(Side::remote, tap);
}

void Flow::reset_by_us() {
    Tap tap(*this);
    if (tcp_) tcp_->reset(Side::local, tap);
}

void Flow::reset_by_peer() {
    Tap tap(*this);
    if (tcp_) tcp_->reset(Side::remote, tap);
}

void Flow::handshake_ends() {
    release();
    handshake_ = false;
}

void Flow::secrets(std::string_view line) {
    if (recorder_ == nullptr) return;
    Recorder::State& state = *recorder_->state_;
    const std::lock_guard lock(state.mutex);
    const bool was_pending = state.writer->pending();
    state.writer->tls_secrets(line);
    state.wake(was_pending);
}

void Flow::message(Side from, Bytes bytes) {
    Tap tap(*this);
    if (tcp_) {
        tcp_->data(from, bytes, tap);
        return;
    }
    const Ends ends = from == Side::local ? ends_ : ends_.turned();
    if (kind_ == FlowKind::datagram) {
        // Unix datagrams may be larger than any IP packet: shown like one that was cut by a snap length.
        const Bytes kept = bytes.first(std::min(bytes.size(), largest_datagram(ends)));
        const PacketHead head = udp_head(ends, kept);
        tap.put(from, head.bytes(), kept, head.size() + bytes.size());
    } else {
        constexpr std::size_t smallest_message = 8;
        const Bytes kept = bytes.first(std::min(bytes.size(), largest_message(ends)));
        if (kept.size() < smallest_message) return;
        const PacketHead head = icmp_head(ends, kept);
        tap.put(from, head.bytes(), kept.subspan(icmp_in_head), head.size() - icmp_in_head + bytes.size());
    }
}

}  // namespace fid::transport
