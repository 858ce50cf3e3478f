// SPDX-License-Identifier: MIT
#include "transport/socket_stream.h"

#include <sys/socket.h>

#include <cerrno>
#include <utility>

namespace fid::transport {
namespace {

/// What datagram and stream sockets have in common: how they wait and how they fail.
class SocketStream : public Stream {
  public:
    SocketStream(Pollable socket, std::string peer) : socket_(std::move(socket)), peer_(std::move(peer)) {}

    Task<Result<Chunk>> read(std::span<std::uint8_t> into) override {
        while (true) {
            if (socket_.stopped()) co_return std::unexpected(*socket_.stopped());
            if (drained_) {
                auto ready = co_await socket_.readable();
                if (!ready) co_return std::unexpected(std::move(ready.error()));
            }
            const ssize_t count = ::recv(socket_.get(), into.data(), into.size(), MSG_DONTWAIT);
            drained_ = keeps_boundaries() ? count < 0 && errno == EAGAIN : leaves_nothing(count, into.size());
            if (count >= 0) co_return chunk(static_cast<std::size_t>(count));
            if (errno != EINTR && errno != EAGAIN)
                co_return fail_errno(read_status(errno), "cannot receive from", peer_, errno);
        }
    }

    Task<Result<void>> write(Bytes bytes) override {
        do {
            if (socket_.stopped()) co_return std::unexpected(*socket_.stopped());
            const ssize_t count = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
            if (count >= 0) {
                bytes = bytes.subspan(static_cast<std::size_t>(count));
                continue;
            }
            if (errno == EINTR) continue;
            if (errno != EAGAIN) co_return fail_errno(write_status(errno), "cannot send to", peer_, errno);
            auto ready = co_await socket_.writable();
            if (!ready) co_return std::unexpected(std::move(ready.error()));
        } while (!bytes.empty());
        co_return Result<void>();
    }

    void stop(const Error& why) override { socket_.stop(why); }
    [[nodiscard]] std::string_view name() const override { return peer_; }

  protected:
    [[nodiscard]] virtual Chunk chunk(std::size_t count) const = 0;
    [[nodiscard]] virtual Status read_status(int number) const = 0;
    [[nodiscard]] virtual Status write_status(int number) const = 0;

    Pollable socket_;
    std::string peer_;

  private:
    bool drained_ = false;
};

class ByteStream final : public SocketStream {
  public:
    using SocketStream::SocketStream;

    Task<Result<void>> finish() override {
        // ENOTCONN: the peer has reset already, which the reader is told.
        if (!std::exchange(finished_, true)) ::shutdown(socket_.get(), SHUT_WR);
        co_return Result<void>();
    }
    [[nodiscard]] int input_descriptor() const override { return socket_.get(); }
    [[nodiscard]] int output_descriptor() const override { return socket_.get(); }
    Task<Result<void>> wait_readable() override { return socket_.readable(); }
    Task<Result<void>> wait_writable() override { return socket_.writable(); }

  private:
    [[nodiscard]] Chunk chunk(std::size_t count) const override { return {.size = count, .end = count == 0}; }
    [[nodiscard]] Status read_status(int) const override { return Status::receive_failure; }
    /// A reset is told once, to the reader or to the writer: for both it is the same.
    [[nodiscard]] Status write_status(int number) const override {
        return number == ECONNRESET ? Status::receive_failure : Status::send_failure;
    }

    bool finished_ = false;
};

class DatagramStream final : public SocketStream {
  public:
    DatagramStream(Pollable socket, std::string peer) : SocketStream(std::move(socket), std::move(peer)) {
        int type = SOCK_DGRAM;
        socklen_t length = sizeof(type);
        getsockopt(socket_.get(), SOL_SOCKET, SO_TYPE, &type, &length);
        has_end_ = type == SOCK_SEQPACKET;
    }

    Task<Result<void>> finish() override {
        if (has_end_) ::shutdown(socket_.get(), SHUT_WR);
        co_return Result<void>();
    }
    [[nodiscard]] bool keeps_boundaries() const override { return true; }
    [[nodiscard]] Ending ending() const override { return has_end_ ? Ending::each : Ending::none; }

  private:
    /// To a reader an empty message of a seqpacket socket looks like its end.
    [[nodiscard]] Chunk chunk(std::size_t count) const override {
        return {.size = count, .end = count == 0 && has_end_};
    }
    [[nodiscard]] Status read_status(int number) const override {
        return number == ECONNREFUSED ? Status::cannot_connect : Status::receive_failure;
    }
    [[nodiscard]] Status write_status(int number) const override {
        return number == ECONNREFUSED ? Status::cannot_connect : Status::send_failure;
    }

    bool has_end_ = false;  ///< a seqpacket socket: messages, and a connection
};

}  // namespace

StreamPtr make_socket_stream(Pollable socket, std::string peer) {
    return std::make_unique<ByteStream>(std::move(socket), std::move(peer));
}

StreamPtr make_datagram_stream(Pollable socket, std::string peer) {
    return std::make_unique<DatagramStream>(std::move(socket), std::move(peer));
}

}  // namespace fid::transport
