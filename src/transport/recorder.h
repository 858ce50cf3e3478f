// SPDX-License-Identifier: MIT
// Writes a command's own traffic as a capture file, without privileges: the bytes as they crossed its sockets, with
// true addresses, order and times, behind headers made up to fit them (--record FILE.pcapng).
//
//     auto recorder = Recorder::start({.path = "out.pcapng", .application = "fid 0.1.0"});
//     Flow flow = (*recorder)->open(local, remote, FlowKind::stream, "connect tcp://example.com:80");
//     flow.connected();
//     flow.sent(request);
//     flow.received(answer);
//     flow.received_end();
//     flow.sent_end();
//     if (auto closed = (*recorder)->close(); !closed) ...
//
// What is true in such a file: who talked to whom, every byte under TLS, the order of events as the command saw them,
// the time of each. What is made up: TCP sequence numbers, acknowledgements, the division into segments, TTL and
// windows. The file says so itself. Link type: raw IP (LINKTYPE_RAW).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "address/address.h"
#include "report/error.h"
#include "report/text.h"
#include "transport/socket_address.h"
#include "transport/tcp_conversation.h"

namespace fid::transport {

enum class FlowKind : std::uint8_t {
    stream,    ///< TCP, or a Unix stream: sent() and received() are any pieces of the byte stream
    datagram,  ///< UDP, or Unix datagrams: each sent() and received() is one, also an empty one
    icmp,      ///< each is one ICMP (ICMPv6) message, whose checksum is made anew: the kernel may do it for the caller
};

struct RecorderOptions {
    std::string path;                ///< "-" is standard output
    std::string application;         ///< what the file says it was written by: "fid 0.1.0"
    std::uint64_t rotate_bytes = 0;  ///< out.pcapng is followed by out.1.pcapng, ... at this size; 0 = never
};

class Recorder;

/// One connection, or the datagrams between two sockets, while it is being recorded. Used by one thread at a time, and
/// not after its recorder. Default-constructed it records nothing and costs nothing, so callers need not ask whether
/// there is a recorder. Destroying it records nothing: say how the connection ended.
///
/// Call each function when it has happened: sent() right after the system call that took the bytes, received() before
/// anything looks at them, so that no answer is recorded before its question. What cannot follow (bytes after
/// sent_end(), anything after a reset) is recorded as nothing. On datagram and icmp flows only sent() and received()
/// mean something.
class Flow {
  public:
    Flow() = default;
    Flow(Flow&& other) noexcept;
    Flow& operator=(Flow&& other) noexcept;
    Flow(const Flow&) = delete;
    Flow& operator=(const Flow&) = delete;
    ~Flow();

    [[nodiscard]] explicit operator bool() const { return recorder_ != nullptr; }

    /// connect(2) has been called: SYN. May be left out; then connected() and refused() imply it. An attempt that
    /// times out or is given up stays a SYN without an answer.
    void connecting();
    void connected();  ///< SYN+ACK, ACK
    void refused();    ///< the peer's RST to our SYN
    void accepted();   ///< the peer's SYN, our SYN+ACK, its ACK

    void sent(Bytes bytes);
    void received(Bytes bytes);
    void sent_end();       ///< our FIN: shutdown(2) for writing, or close(2); receiving goes on
    void received_end();   ///< the peer's FIN: a read gave 0; sending goes on
    void reset_by_us();    ///< our RST
    void reset_by_peer();  ///< its RST: ECONNRESET, or EPIPE

    /// TLS. Readers decrypt from front to back and ask for all of a handshake's secrets when they meet the ServerHello,
    /// which is before the last of them is known. So from the first bytes received after handshake_begins() everything
    /// is kept from the file until handshake_ends() (also a failed one), or for two seconds, or until it is 8 MiB.
    void handshake_begins() { handshake_ = true; }
    void handshake_ends();
    /// One line of an NSS key log, as SSL_CTX_set_keylog_callback(3) gives it; the line end may be missing.
    void secrets(std::string_view line);

  private:
    friend class Recorder;
    class Tap;
    Flow(Recorder& recorder, FlowKind kind, const Ends& ends, std::string comment, std::uint32_t number);
    void message(Side from, Bytes bytes);
    void release();

    Recorder* recorder_ = nullptr;
    FlowKind kind_ = FlowKind::stream;
    bool handshake_ = false;
    std::optional<std::uint64_t> held_;  ///< the place in the file from which on it is held for this flow
    Ends ends_;
    std::optional<TcpConversation> tcp_;
    std::string comment_;  ///< for the first packet
};

/// The recording of one run. Its functions may be called by several threads at once.
///
/// Cost: each byte is copied once, into a buffer that is written when it has a quarter of a megabyte, by the thread
/// that fills it. What is less is written after a fifth of a second, by a thread of the recorder's own (which takes no
/// signals): a killed process leaves its traffic up to then, and a live reader of a pipe sees it.
///
/// When the file cannot be written any more (disk full), recording stops, the command goes on, and failed() and
/// close() tell.
class Recorder {
  public:
    /// Status cannot_write where the file cannot be created; see capture::Writer for files, rotation and rights.
    [[nodiscard]] static Result<std::unique_ptr<Recorder>> start(RecorderOptions options);
    Recorder(const Recorder&) = delete;
    Recorder& operator=(const Recorder&) = delete;
    /// Closes; use close() to learn whether that worked.
    ~Recorder();

    /// Begins a flow; nothing is recorded yet. The comment (UTF-8) stands on its first packet. An end that is not
    /// known (family AF_UNSPEC) is the unspecified address. Unix sockets get addresses of 127.85.0.0/16: each name its
    /// own, with the port 49152, each unnamed socket a port of 127.85.0.1; the first packet's comment tells the
    /// names, and the file names the addresses. `hops` is the time to live our packets begin with.
    [[nodiscard]] Flow open(const SocketAddress& local, const SocketAddress& remote, FlowKind kind,
                            std::string_view comment = {}, std::uint8_t hops = usual_hops);
    /// The name an address was looked up by, for readers of the file.
    void name(const Address& address, std::string_view name);

    /// Writes what is in memory.
    Result<void> flush();
    /// Writes everything and closes the file; status cannot_write for this or any earlier failure. What flows record
    /// afterwards is dropped.
    Result<void> close();
    /// Why recording stopped early, if it did.
    [[nodiscard]] std::optional<Error> failed() const;

  private:
    friend class Flow;
    struct State;
    explicit Recorder(std::unique_ptr<State> state);
    void stop();
    std::unique_ptr<State> state_;
};

}  // namespace fid::transport
