// SPDX-License-Identifier: MIT
// `fid ipcalc random`: addresses or subnets drawn from a prefix, and unique local prefixes (RFC 4193).
#include <sys/random.h>

#include <array>

#include "cmd/ipcalc/ipcalc.h"
#include "cmd/ipcalc/list_output.h"
#include "cmd/ipcalc/operands.h"
#include "cmd/values.h"

namespace fid::cmd::ipcalc {
namespace {

std::uint64_t mix(std::uint64_t value) {  // the finaliser of splitmix64
    value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9U;
    value = (value ^ (value >> 27U)) * 0x94d049bb133111ebU;
    return value ^ (value >> 31U);
}

/// Numbers 0..highest in an order that the key chooses: a Feistel network over the next even number of bits, walked
/// until it lands inside. Draws without replacement from 2^128 numbers need no memory of what was drawn.
class Shuffle {
  public:
    Shuffle(Uint128 highest, std::uint64_t key) : highest_(highest) {
        while (2 * half_ < 128 && (highest >> (2 * half_)) != 0) ++half_;
        for (std::uint64_t& round : rounds_) round = mix(key += 0x9e3779b97f4a7c15U);
    }

    [[nodiscard]] Uint128 at(Uint128 position) const {
        Uint128 value = position;
        do value = permute(value);
        while (value > highest_);
        return value;
    }

  private:
    [[nodiscard]] Uint128 permute(Uint128 value) const {
        const std::uint64_t mask = half_ == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << half_) - 1;
        auto left = static_cast<std::uint64_t>(value >> half_) & mask;
        std::uint64_t right = static_cast<std::uint64_t>(value) & mask;
        for (const std::uint64_t round : rounds_) {
            const std::uint64_t next = left ^ (mix(mix(right + round) ^ round) & mask);
            left = right;
            right = next;
        }
        return (Uint128{left} << half_) | right;
    }

    Uint128 highest_;
    unsigned half_ = 1;
    std::array<std::uint64_t, 12> rounds_{};
};

Result<std::uint64_t> read_key(const Arguments& args) {
    if (args.has("--seed")) {
        const auto seed = read_count("--seed", args.value("--seed"));
        if (!seed) return seed;
        return mix(*seed + 1);
    }
    std::uint64_t key = 0;
    if (getrandom(&key, sizeof key, 0) != static_cast<ssize_t>(sizeof key))
        return fail_errno(Status::cannot_read, "cannot read", "the system's random numbers", errno);
    return key;
}

/// Draws `count` of the blocks of `length` bits in `from`.
Status draw(Context& context, const Range& from, unsigned length, std::uint64_t count, std::uint64_t key) {
    const unsigned shift = width(from.family) - length;
    const Uint128 highest = shift == 128 ? 0 : ((from.last - from.first) >> shift);
    if (Uint128{count} - 1 > highest)
        return context.log.error({Status::negative, "cannot draw", std::to_string(count) + " from " + from.text(),
                                  "there are only " + decimal(highest + 1), "each is drawn at most once"});
    const Shuffle shuffle(highest, key);
    for (std::uint64_t i = 0; i < count; ++i) {
        const Uint128 number = from.first + (shift == 128 ? 0 : shuffle.at(i) << shift);
        const bool more = shift == 0 ? write_address(context.out, Address(from.family, number))
                                     : write_prefix(context.out, Prefix(from.family, number, length));
        if (!more) break;
    }
    return Status::success;
}

Status run_random(Context& context) {
    const Arguments& args = context.args;
    const auto& words = args.words();
    const bool ula = args.has("--ula");
    if (words.size() != (ula ? 0U : 1U))
        return context.log.error({Status::usage,
                                  ula ? "--ula takes no prefix, but got" : "random wants",
                                  ula ? words.front() : "a prefix",
                                  {},
                                  "fid ipcalc random 10.0.0.0/8, or --ula"});
    const auto count = read_count("--count", args.value("--count"), 1);
    if (!count) return context.log.error(count.error());
    const auto key = read_key(args);
    if (!key) return context.log.error(key.error());
    // RFC 4193 section 3.1: fd00::/8, then 40 random bits make a /48.
    const auto from =
        ula ? Prefix(Family::v6, Uint128{0xfd} << 120U, 8).range() : Range::parse(words.front(), reading(args));
    if (!from) return context.log.error(from.error());
    unsigned length = ula ? 48 : width(from->family);
    if (args.has("--prefix")) {
        const auto whole = from->as_prefix();
        if (!whole)
            return context.log.error(
                {Status::usage, "cannot draw subnets from", from->text(), "it is a range, not a prefix", {}});
        const auto wanted = read_length("--prefix", args.value("--prefix"), from->family, ula ? 48 : whole->length());
        if (!wanted) return context.log.error(wanted.error());
        length = *wanted;
    }
    return draw(context, *from, length, *count, *key);
}

}  // namespace

const Command random_command{
    .name = "random",
    .summary = "draw addresses or subnets from a prefix",
    .description =
        "Prints --count different addresses of PREFIX (or of a range), or subnets of the length --prefix, drawn by "
        "chance. "
        "--seed gives the same ones again. --ula makes a unique local prefix instead: fd00::/8 and 40 random bits, a "
        "/48 "
        "(RFC 4193).",
    .positionals = {{.name = "PREFIX", .help = "where to draw from (not with --ula)"}},
    .options = {{.names = "-n,--count", .value = "N", .help = "how many, each different", .fallback = "1"},
                {.names = "--prefix", .value = "N", .help = "subnets of this length instead of addresses"},
                {.names = "--ula", .help = "a new unique local /48"},
                {.names = "--seed", .value = "N", .help = "repeat an earlier choice"},
                legacy_ip_option()},
    .examples = {{"fid ipcalc random 10.0.0.0/8 -n 3 --seed 1", "three addresses, the same at each run"},
                 {"fid ipcalc random --ula", "a prefix for a private network"}},
    .statuses = {{Status::negative, "PREFIX has fewer addresses than asked for."},
                 {Status::bad_input, "PREFIX cannot be read."}},
    .records = {&address_record, &prefix_record},
    .run = run_random};

}  // namespace fid::cmd::ipcalc
