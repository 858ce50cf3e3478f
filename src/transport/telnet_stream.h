// SPDX-License-Identifier: MIT
// Telnet over any stream of bytes: what is read and written is the data, the rest is answered underneath.
#pragma once

#include <functional>
#include <memory>

#include "transport/stream.h"
#include "transport/telnet.h"

namespace fid::transport {

/// Its end is for both directions (Ending::shared): a telnet server takes the end of what it reads for a hang-up, and
/// what the last command printed would be lost. An urgent data mark must stay in the stream: connect with
/// SocketOptions::urgent_inline.
class TelnetStream final : public Stream {
  public:
    TelnetStream(Executor executor, StreamPtr below, TelnetProfile profile, Telnet::Note note = {});
    ~TelnetStream() override;

    Task<Result<Chunk>> read(std::span<std::uint8_t> into) override;
    Task<Result<void>> write(Bytes bytes) override;
    Task<Result<void>> finish() override;
    Task<Result<void>> conclude() override;
    void stop(const Error& why) override;
    [[nodiscard]] Ending ending() const override { return Ending::shared; }
    [[nodiscard]] std::string_view name() const override;

    [[nodiscard]] const Telnet& protocol() const;
    /// Called where echo or character mode have changed, once the data before it was read.
    void on_mode(std::function<void()> changed);
    /// These do not wait; what they have to say goes out as soon as it can.
    void resize(unsigned columns, unsigned rows);
    void command(TelnetCommand command);
    void choose_mode(bool characters);

  private:
    struct Core;
    std::shared_ptr<Core> core_;  ///< also of whoever is sending an answer
};

}  // namespace fid::transport
