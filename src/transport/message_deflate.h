// SPDX-License-Identifier: MIT
// The compression of WebSocket messages: permessage-deflate (RFC 7692), both ways, in bounded pieces.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "report/error.h"
#include "report/text.h"

struct z_stream_s;

namespace fid::transport {

/// What was agreed on (section 7.1), seen from our end.
struct DeflateTerms {
    bool forget_received = false;    ///< the peer begins each message with an empty window
    bool forget_sent = false;        ///< so do we
    unsigned sent_window_bits = 15;  ///< ours; below 9 nothing is compressed, since zlib cannot
};

/// Reads a server's answer "permessage-deflate; NAME=VALUE" to our offer, which names client_max_window_bits.
/// Nothing where it answers something else than was asked for.
[[nodiscard]] std::optional<DeflateTerms> read_deflate_answer(std::string_view text);
inline constexpr std::string_view deflate_offer = "permessage-deflate; client_max_window_bits";

class Inflater {
  public:
    explicit Inflater(DeflateTerms terms);
    ~Inflater();
    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;

    void begin();  ///< a message
    /// All that was put in has come out.
    [[nodiscard]] bool wants_input() const { return input_.empty() && !pending_output_; }
    void input(Bytes bytes) { input_ = bytes; }  ///< a view until it has been used up
    /// The next 64 KiB at most, a view until the next call. `final`: no more input comes, so that the message's end
    /// (section 7.2.2) is added behind it. Status bad_input where it is no deflate stream.
    [[nodiscard]] Result<Bytes> inflate(bool final);

  private:
    bool restart();

    std::unique_ptr<z_stream_s> stream_;
    bool forget_;
    bool pending_output_ = false;  ///< the last call filled the block
    bool tail_given_ = false;
    unsigned endings_ = 0;
    Bytes input_;
    std::vector<std::uint8_t> block_;
};

class Deflater {
  public:
    explicit Deflater(DeflateTerms terms);
    ~Deflater();
    Deflater(const Deflater&) = delete;
    Deflater& operator=(const Deflater&) = delete;

    /// A message's compressed payload, a view until the next call; nothing where it has to be sent as it is.
    [[nodiscard]] std::optional<Bytes> deflate(Bytes message);

  private:
    std::unique_ptr<z_stream_s> stream_;  ///< null where the window agreed on is too small for zlib
    bool forget_;
    std::vector<std::uint8_t> out_;
};

}  // namespace fid::transport
