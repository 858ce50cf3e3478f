// SPDX-License-Identifier: MIT
#include "dns/dnssec_anchor.h"

// ldns makes bool, true and false macros where this has not been included.
#include <ldns/ldns.h>
#include <stdbool.h>  // NOLINT(modernize-deprecated-headers)

#include <cerrno>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <memory>

#include "dns/types.h"

namespace fid::dns::dnssec {
namespace {

constexpr std::string_view root_records =
    ". IN DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D\n"
    ". IN DS 38696 8 2 683D2D0ACB8C9B712A1948B27F741219298D0A450D612C483AF444A4C0FB2B16\n";

struct FreeRecord {
    void operator()(ldns_rr* record) const { ldns_rr_free(record); }
};
/// What a zone file's line may take over from those before it.
struct Places {
    Places() = default;
    Places(const Places&) = delete;
    Places& operator=(const Places&) = delete;
    ~Places() {
        ldns_rdf_deep_free(origin);
        ldns_rdf_deep_free(previous);
    }
    std::uint32_t ttl = 3600;
    ldns_rdf *origin = nullptr, *previous = nullptr;
    int line = 0;
};
struct CloseFile {
    void operator()(std::FILE* file) const { (void)std::fclose(file); }
};

/// Words of BIND's configuration: { } ; and what stands in quotes are words of their own, comments are none.
std::vector<std::string> bind_words(std::string_view text) {
    std::vector<std::string> words;
    std::string word;
    const auto end_word = [&] {
        if (!word.empty()) words.push_back(std::exchange(word, {}));
    };
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const std::string_view rest = text.substr(i);
        if (c == '#' || rest.starts_with("//")) {
            i = std::min(text.find('\n', i), text.size());
            end_word();
        } else if (rest.starts_with("/*")) {
            i = std::min(text.find("*/", i), text.size() - 2) + 1;
            end_word();
        } else if (c == '"') {
            end_word();
            const std::size_t close = std::min(text.find('"', i + 1), text.size());
            words.emplace_back(text.substr(i + 1, close - i - 1));
            i = close;
        } else if (c == '{' || c == '}' || c == ';') {
            end_word();
            words.emplace_back(1, c);
        } else if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
            end_word();
        } else {
            word += c;
        }
    }
    end_word();
    return words;
}

bool is_bind_block(std::string_view word) {
    return word == "trust-anchors" || word == "trusted-keys" || word == "managed-keys";
}

/// The same anchors as lines of a zone file; empty where the text is none of BIND's.
std::string from_bind(std::string_view text) {
    const std::vector<std::string> words = bind_words(text);
    std::string lines;
    for (std::size_t i = 0; i + 1 < words.size(); ++i) {
        if (!is_bind_block(words[i]) || words[i + 1] != "{") continue;
        for (i += 2; i < words.size() && words[i] != "}"; ++i) {
            // The root may be written as "."; trusted-keys has no word for the kind.
            std::string line = words[i] + " IN ";
            const std::string kind = i + 1 < words.size() ? words[i + 1] : std::string();
            const bool named = kind.starts_with("initial-") || kind.starts_with("static-");
            line += kind.ends_with("-ds") ? "DS" : "DNSKEY";
            for (i += named ? 2 : 1; i < words.size() && words[i] != ";"; ++i) line += " " + words[i];
            lines += line + "\n";
        }
    }
    return lines;
}

/// unbound notes behind each key how it stands (RFC 5011 section 4): of those only 2, valid, and 3, missing for the
/// moment, are trusted.
std::string without_untrusted(std::string_view text) {
    std::string kept;
    while (!text.empty()) {
        const std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        constexpr std::string_view mark = ";;state=";
        const std::size_t at = line.find(mark);
        const char state =
            at == std::string_view::npos || at + mark.size() >= line.size() ? '2' : line[at + mark.size()];
        if (state == '2' || state == '3') kept.append(line).append("\n");
    }
    return kept;
}

Octets rdata_of(const ldns_rr& record) {
    Octets rdata;
    for (std::size_t i = 0; i < ldns_rr_rd_count(&record); ++i) {
        const ldns_rdf* const part = ldns_rr_rdf(&record, i);
        rdata.insert(rdata.end(), ldns_rdf_data(part), ldns_rdf_data(part) + ldns_rdf_size(part));
    }
    return rdata;
}

}  // namespace

Anchors Anchors::root() { return *parse(root_records, "the root's anchors"); }

Result<Anchors> Anchors::read(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return fail_errno(Status::cannot_read, "cannot read", path, errno);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    return parse(text, path);
}

Result<Anchors> Anchors::parse(std::string_view text, const std::string& origin) {
    std::string lines = from_bind(text);
    if (lines.empty()) lines = without_untrusted(text);
    Anchors made;
    lines += '\n';  // fmemopen() opens nothing of no size
    const std::unique_ptr<std::FILE, CloseFile> file(fmemopen(lines.data(), lines.size(), "r"));
    if (!file) return fail_errno(Status::cannot_read, "cannot read", origin, errno);
    Places places;
    while (std::feof(file.get()) == 0) {
        ldns_rr* got = nullptr;
        const ldns_status status =
            ldns_rr_new_frm_fp_l(&got, file.get(), &places.ttl, &places.origin, &places.previous, &places.line);
        const std::unique_ptr<ldns_rr, FreeRecord> record(got);
        if (status == LDNS_STATUS_SYNTAX_EMPTY || status == LDNS_STATUS_SYNTAX_TTL ||
            status == LDNS_STATUS_SYNTAX_ORIGIN)
            continue;
        if (status != LDNS_STATUS_OK)
            return fail(Status::bad_input, "not a trust anchor:", origin, ldns_get_errorstr_by_id(status),
                        "DS or DNSKEY records as a zone file has them");
        packet::Cursor at(
            Bytes(ldns_rdf_data(ldns_rr_owner(record.get())), ldns_rdf_size(ldns_rr_owner(record.get()))));
        const auto owner = Name::read(at, at.all());
        if (!owner) continue;
        const Octets rdata = rdata_of(*record);
        if (ldns_rr_get_type(record.get()) == LDNS_RR_TYPE_DS) {
            if (auto ds = Ds::read(rdata)) made.at(*owner).voucher.ds.push_back(std::move(*ds));
        } else if (ldns_rr_get_type(record.get()) == LDNS_RR_TYPE_DNSKEY) {
            // A key that signs only data may stand beside them; the anchor is what signs keys, or whatever is there.
            if (auto key = Dnskey::read(rdata)) made.at(*owner).voucher.keys.push_back(std::move(*key));
        }
    }
    if (made.anchors_.empty())
        return fail(Status::bad_input, "no trust anchor in", origin, {},
                    "DS or DNSKEY records as a zone file has them");
    return made;
}

const Anchor* Anchors::above(const Name& name) const {
    const Anchor* best = nullptr;
    for (const Anchor& each : anchors_)
        if (name.is_within(each.zone) && (best == nullptr || each.zone.labels() > best->zone.labels())) best = &each;
    return best;
}

Anchor& Anchors::at(const Name& zone) {
    for (Anchor& each : anchors_)
        if (each.zone == zone) return each;
    return anchors_.emplace_back(Anchor{zone, {}});
}

}  // namespace fid::dns::dnssec
