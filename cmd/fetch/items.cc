// SPDX-License-Identifier: MIT
#include "cmd/fetch/items.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>

#include "cmd/fetch/body.h"
#include "cmd/fetch/files.h"

namespace fid::cmd::fetch {
namespace {

using transfer::Body;
using transfer::FormPart;
using Json = nlohmann::ordered_json;

enum class Kind : std::uint8_t { text, json, query, header, no_header, file };

struct Item {
    std::string name;
    Kind kind = Kind::text;
    std::string value;
    bool from_file = false;  ///< the value is the name of the file that has it
};

/// The first separator that no backslash stands before; the longest where several begin there.
std::optional<Item> read_item(std::string_view word) {
    struct Separator {
        std::string_view text;
        Kind kind;
        bool from_file;
    };
    static constexpr std::array<Separator, 8> separators{{{":=@", Kind::json, true},
                                                          {":=", Kind::json, false},
                                                          {"==", Kind::query, false},
                                                          {"=@", Kind::text, true},
                                                          {"=", Kind::text, false},
                                                          {":", Kind::header, false},
                                                          {"@", Kind::file, false},
                                                          {";", Kind::no_header, false}}};
    Item item;
    for (std::size_t i = 0; i < word.size(); ++i) {
        if (word[i] == '\\' && i + 1 < word.size() && std::string_view("=:@;\\").find(word[i + 1]) != word.npos) {
            item.name += word[++i];
            continue;
        }
        for (const Separator& separator : separators) {
            if (!word.substr(i).starts_with(separator.text)) continue;
            // Only "Name;" at the end is an empty header.
            if (separator.kind == Kind::no_header && i + 1 != word.size()) continue;
            item.kind = separator.kind;
            item.from_file = separator.from_file;
            item.value = word.substr(i + separator.text.size());
            return item;
        }
        item.name += word[i];
    }
    return std::nullopt;
}

bool is_method(std::string_view word) {
    return word.size() >= 3 && std::ranges::all_of(word, [](char c) { return c >= 'A' && c <= 'Z'; });
}

bool has_scheme(std::string_view word) {
    return word.starts_with("http://") || word.starts_with("https://") || word.starts_with("ftp://") ||
           word.starts_with("ftps://");
}

bool set_already(const std::vector<std::string>& headers, std::string_view name) {
    return std::ranges::any_of(headers, [&](const std::string& header) {
        return header.size() > name.size() && (header[name.size()] == ':' || header[name.size()] == ';') &&
               std::ranges::equal(std::string_view(header).substr(0, name.size()), name,
                                  [](char a, char b) { return (a | 0x20) == (b | 0x20); });
    });
}

class Adder {
  public:
    Adder(bool form, transfer::Request& request, std::string& query) : form_(form), request_(request), query_(query) {}

    Result<void> add(Item item) {
        if (item.from_file) {
            auto text = read_file(item.value);
            if (!text) return std::unexpected(text.error());
            item.value = std::move(*text);
            if (item.kind == Kind::text && item.value.ends_with('\n')) item.value.pop_back();
        }
        switch (item.kind) {
            case Kind::header:
                request_.headers.push_back(item.value.empty() ? item.name + ":" : item.name + ": " + item.value);
                return {};
            case Kind::no_header:
                request_.headers.push_back(item.name + ";");
                return {};
            case Kind::query:
                query_ += (query_.empty() ? "" : "&") + percent_encoded(item.name) + "=" + percent_encoded(item.value);
                return {};
            case Kind::file:
                if (auto readable = read_file(item.value); !readable) return std::unexpected(readable.error());
                files_ = true;
                parts_.push_back({.name = item.name, .kind = FormPart::Kind::file, .value = item.value});
                return {};
            case Kind::text:
            case Kind::json:
                return add_field(item);
        }
        return {};
    }

    Result<void> finish() {
        if (parts_.empty()) return {};
        Body& body = request_.body;
        if (body.kind != Body::Kind::none)
            return fail(Status::usage, "-d, -F and -T exclude items that make a body:", parts_.front().name);
        if (files_) {
            body.kind = Body::Kind::form;
            body.parts = std::move(parts_);
        } else if (form_) {
            body.kind = Body::Kind::bytes;
            for (const FormPart& part : parts_)
                body.bytes +=
                    (body.bytes.empty() ? "" : "&") + percent_encoded(part.name) + "=" + percent_encoded(part.value);
            set_header("Content-Type", "application/x-www-form-urlencoded; charset=utf-8");
        } else {
            body.kind = Body::Kind::bytes;
            body.bytes = document_.dump(-1, ' ', false, Json::error_handler_t::replace);
            set_header("Content-Type", "application/json");
            set_header("Accept", "application/json, */*;q=0.5");
        }
        return {};
    }

  private:
    Result<void> add_field(const Item& item) {
        const bool nested = item.name.find('[') != std::string::npos;
        if (nested && !form_)
            return fail(Status::usage, "an item's name cannot have brackets:", item.name, {},
                        "give nested data as JSON: name:='{\"key\": 1}'");
        if (item.kind == Kind::json) {
            Json value = Json::parse(item.value, nullptr, false);
            if (value.is_discarded())
                return fail(Status::bad_input, "not JSON:", item.name + ":=" + item.value, {}, "text is NAME=TEXT");
            document_[item.name] = std::move(value);
        } else {
            document_[item.name] = item.value;
        }
        parts_.push_back({.name = item.name, .value = item.value});
        return {};
    }

    void set_header(std::string_view name, std::string_view value) {
        if (set_already(request_.headers, name)) return;
        request_.headers.push_back(std::string(name).append(": ").append(value));
    }

    bool form_;
    transfer::Request& request_;
    std::string& query_;
    Json document_ = Json::object();
    std::vector<FormPart> parts_;
    bool files_ = false;
};

}  // namespace

Words divide_words(std::span<const std::string> words) {
    Words divided;
    if (words.size() > 1 && is_method(words.front())) {
        divided.method = words.front();
        words = words.subspan(1);
    }
    for (const std::string& word : words) {
        if (!divided.urls.empty() && !has_scheme(word) && read_item(word))
            divided.items.push_back(word);
        else
            divided.urls.push_back(word);
    }
    return divided;
}

Result<void> add_items(std::span<const std::string> items, bool form, transfer::Request& request, std::string& query) {
    Adder adder(form, request, query);
    for (const std::string& word : items)
        if (auto item = read_item(word))
            if (auto added = adder.add(std::move(*item)); !added) return added;
    return adder.finish();
}

}  // namespace fid::cmd::fetch
