// SPDX-License-Identifier: MIT
#include "cmd/resolve/bulk.h"

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <optional>

#include "cmd/resolve/bulk_record.h"
#include "cmd/resolve/bulk_state.h"
#include "cmd/values.h"
#include "dns/bulk_streams.h"
#include "report/interrupt.h"
#include "report/progress.h"
#include "transport/descriptor.h"
#include "transport/lookup.h"

namespace fid::cmd::resolve {
namespace {

using Clock = std::chrono::steady_clock;

constexpr unsigned bad_lines_told = 10;
constexpr auto between_saves = std::chrono::seconds(1);
constexpr Uint128 most_swept = Uint128{1} << 32U;

/// Hands out what an earlier run had left under way, then the rest.
class Continued final : public dns::BulkSource {
  public:
    Continued(Questions& rest, std::vector<dns::BulkQuestion> first) : rest_(rest), first_(std::move(first)) {}

    Pull next(dns::BulkQuestion& question) override {
        if (first_.empty()) return rest_.next(question);
        question = first_.back();
        first_.pop_back();
        return Pull::question;
    }
    [[nodiscard]] int descriptor() const override { return rest_.descriptor(); }
    [[nodiscard]] const std::vector<dns::BulkQuestion>& left() const { return first_; }

  private:
    Questions& rest_;
    std::vector<dns::BulkQuestion> first_;
};

struct Tally {
    std::uint64_t answers = 0, no_data = 0, nxdomain = 0, failures = 0, timeouts = 0, unreachable = 0, bad_names = 0;

    void count(BulkKind kind) {
        constexpr std::array places{&Tally::answers,  &Tally::no_data,  &Tally::nxdomain,
                                    &Tally::failures, &Tally::timeouts, &Tally::unreachable};
        ++(this->*places.at(static_cast<std::size_t>(kind)));
    }
    [[nodiscard]] std::uint64_t good() const { return answers + no_data + nxdomain; }
    [[nodiscard]] std::uint64_t all() const { return good() + failures + timeouts + unreachable + bad_names; }

    [[nodiscard]] Status status() const {
        if (good() == all()) return Status::success;
        if (good() != 0) return Status::partial;
        if (bad_names == all()) return Status::bad_input;
        if (failures == all()) return Status::server_error;
        if (timeouts == all()) return Status::timeout;
        return unreachable == all() ? Status::cannot_connect : Status::partial;
    }
};

class Run {
  public:
    Run(Context& context, const Settings& settings) : context_(context), settings_(settings) {}

    Result<Status> run() {
        for (const auto step : {&Run::find_servers, &Run::read_options, &Run::open_questions, &Run::open_state})
            if (auto done = (this->*step)(); !done) return std::unexpected(std::move(done.error()));
        report::Output& out = context_.out;
        progress_ = std::make_unique<report::Progress>("resolving", questions_->total(), report::Results::meanwhile,
                                                       out.options().quiet);
        writer_ = std::make_unique<BulkWriter>(out, settings_, servers_);
        Continued source(*questions_, std::move(left_));
        engine_ = make_engine(source);
        begun_ = next_save_ = Clock::now();
        const auto ran = engine_->run();
        progress_.reset();
        if (!ran) return std::unexpected(ran.error());
        out.flush();
        if (auto ended = finish(source); !ended) return std::unexpected(std::move(ended.error()));
        tell_summary();
        if (auto read = questions_->result(); !read) return std::unexpected(std::move(read.error()));
        return tally_.status();
    }

  private:
    // ---- what is to be done

    std::unique_ptr<dns::BulkEngine> make_engine(Continued& source) {
        const auto sink = [this](const dns::BulkResult& result) { take(result); };
        const auto watching = [this, &source] { return watch(source); };
        if (!options_.servers.empty()) return std::make_unique<dns::Bulk>(options_, source, sink, watching);
        dns::BulkStreamsOptions options;
        options.servers = servers_;
        options.exchange = settings_.exchange;
        options.exchange.query = options_.query;
        options.exchange.timeout = std::chrono::nanoseconds(options_.timeout);
        options.window = options_.window;
        options.rate = options_.rate;
        options.attempts = options_.attempts;
        return std::make_unique<dns::BulkStreams>(std::move(options), source, sink, watching);
    }

    Result<void> find_servers() {
        const auto over_udp = [](const dns::Server& server) { return server.carrier == dns::Carrier::udp; };
        const auto datagrams = std::ranges::count_if(settings_.servers, over_udp);
        if (datagrams != 0 && static_cast<std::size_t>(datagrams) != settings_.servers.size())
            return fail(Status::usage, "servers over UDP beside others:",
                        std::ranges::find_if_not(settings_.servers, over_udp)->text(), {},
                        "--bulk asks all of them over UDP, or none");
        if (datagrams != 0) return find_addresses();
        servers_ = settings_.servers;
        return check_count();
    }

    /// The sockets of UDP are connected once, for the whole run.
    Result<void> find_addresses() {
        if (!settings_.exchange.dial.proxies.empty())
            return fail(Status::usage, "--proxy does not go with servers over UDP", {});
        for (const dns::Server& server : settings_.servers) {
            std::vector<Address> addresses;
            if (server.endpoint.address) {
                addresses = {*server.endpoint.address};
            } else {
                auto found = transport::lookup(server.endpoint.host, settings_.exchange.dial.family);
                if (!found) return std::unexpected(std::move(found.error()));
                addresses = std::move(*found);
            }
            constexpr std::uint16_t usual_port = 53;
            const std::uint16_t port = server.endpoint.port.value_or(usual_port);
            servers_.push_back(dns::Server::at(addresses.front(), port));
            options_.servers.emplace_back(addresses.front(), port);
        }
        return check_count();
    }

    Result<void> check_count() {
        constexpr std::size_t most_servers = 10000;
        if (servers_.size() > most_servers)
            return fail(Status::usage, "too many servers:", std::to_string(servers_.size()), "at most 10000");
        return {};
    }

    Result<void> read_options() {
        const Arguments& args = context_.args;
        options_.socket = settings_.exchange.dial.socket;
        options_.query = settings_.exchange.query;
        // A cookie is one server's own, and what it protects from the IDs and ports already do.
        if (options_.query.edns) options_.query.edns->cookie.clear();
        options_.tcp = !settings_.exchange.keep_truncated;
        if (settings_.timeout) options_.timeout = settings_.timeout->count();
        if (options_.timeout == 0) return fail(Status::usage, "--timeout wants a time to wait, not", "'0'");
        constexpr std::uint64_t most_window = 1'000'000, most_retries = 1000, most_rate = 100'000'000;
        if (args.value("--window") != "auto") {
            const auto window = read_count("--window", args.value("--window"), 1, most_window);
            if (!window) return std::unexpected(window.error());
            options_.window = static_cast<std::uint32_t>(*window);
        }
        if (args.has("--rate")) {
            std::string_view text = args.value("--rate");
            if (text.ends_with("/s")) text.remove_suffix(2);
            const auto rate = read_count("--rate", text, 1, most_rate);
            if (!rate) return std::unexpected(rate.error());
            options_.rate = static_cast<double>(*rate);
        }
        if (settings_.attempts) options_.attempts = *settings_.attempts;
        if (args.has("--retries")) {
            const auto retries = read_count("--retries", args.value("--retries"), 0, most_retries);
            if (!retries) return std::unexpected(retries.error());
            options_.attempts = static_cast<unsigned>(*retries) + 1;
        }
        return {};
    }

    Result<void> open_questions() {
        const Arguments& args = context_.args;
        std::vector<std::uint16_t> types = settings_.types;
        if (args.has("--sweep")) {
            if (args.has("--bulk")) return fail(Status::usage, "--bulk and --sweep exclude each other", {});
            return open_sweep(types.empty() ? std::vector{dns::type::ptr} : types);
        }
        input_ = args.value("--bulk");
        int descriptor = STDIN_FILENO;
        if (input_ != "-") {
            list_ = transport::Descriptor(open(input_.c_str(), O_RDONLY | O_CLOEXEC));
            if (!list_.valid()) return fail_errno(Status::cannot_read, "cannot read", input_, errno);
            descriptor = list_.get();
        }
        if (types.empty()) types = {dns::type::a, dns::type::aaaa};
        questions_ = questions_from_list(descriptor, input_ == "-" ? "standard input" : input_, types, settings_.klass,
                                         [this](const BadLine& line) { take(line); });
        describe_input(types);
        return {};
    }

    Result<void> open_sweep(const std::vector<std::uint16_t>& types) {
        std::vector<Range> ranges;
        Uint128 count = 0;
        for (const std::string& text : context_.args.values("--sweep")) {
            const auto range = Range::parse(text);
            if (!range) {
                Error error = range.error();
                error.status = Status::usage;
                return std::unexpected(std::move(error));
            }
            const Uint128 more = range->last - range->first;
            count += more + 1;
            if (more >= most_swept || count > most_swept)
                return fail(Status::usage, "too many addresses:", text, "more than 2^32 together",
                            "sweep smaller prefixes one after the other: fid ipcalc split");
            input_ += input_.empty() ? text : " " + text;
            ranges.push_back(*range);
        }
        questions_ = questions_from_ranges(std::move(ranges), types, settings_.klass);
        describe_input(types);
        return {};
    }

    void describe_input(const std::vector<std::uint16_t>& types) {
        for (const std::uint16_t type : types) input_ += " " + dns::type_text(type);
    }

    Result<void> open_state() {
        if (!context_.args.has("--resume")) return {};
        state_path_ = context_.args.value("--resume");
        auto state = read_bulk_state(state_path_, input_);
        if (!state) return std::unexpected(std::move(state.error()));
        std::optional<BulkState>& earlier = *state;
        if (!earlier) return {};
        left_ = std::move(earlier->unfinished);
        return questions_->seek(earlier->place);
    }

    // ---- while it runs

    void take(const dns::BulkResult& result) {
        tally_.count(kind_of(result));
        writer_->write(result);
    }

    void take(const BadLine& line) {
        ++tally_.bad_names;
        writer_->write(line);
        if (line.line == bad_line_) return;  // told for another of its types
        bad_line_ = line.line;
        if (++bad_lines_ < bad_lines_told)
            context_.log.warning("line " + std::to_string(line.line) + ": " + line.error.sentence());
        else if (bad_lines_ == bad_lines_told)
            context_.log.warning("further lines without a name are only recorded");
    }

    bool watch(const Continued& source) {
        progress_->update(questions_->total() != 0 ? questions_->place().offset : tally_.all());
        if (!state_path_.empty() && Clock::now() >= next_save_) {
            if (auto saved = save(source); !saved && !save_failed_) {
                save_failed_ = true;
                context_.log.error(saved.error());
            }
            next_save_ = Clock::now() + between_saves;
        }
        return !report::interrupted() && !context_.out.closed();
    }

    /// Only what has left the house counts as done.
    Result<void> save(const Continued& source) {
        context_.out.flush();
        if (context_.out.closed()) return {};
        BulkState state{input_, questions_->place(), source.left()};
        engine_->each_unfinished([&](const dns::BulkQuestion& one) { state.unfinished.push_back(one); });
        return write_bulk_state(state_path_, state);
    }

    Result<void> finish(const Continued& source) {
        engine_->each_unfinished([&](const dns::BulkQuestion&) { ++unfinished_; });
        const bool stopped = report::interrupted() || context_.out.closed() || !questions_->result();
        if (state_path_.empty()) return {};
        if (stopped) return save(source);
        remove_bulk_state(state_path_);
        return {};
    }

    // ---- afterwards

    void tell_summary() {
        const double seconds = std::chrono::duration<double>(Clock::now() - begun_).count();
        const double rate = seconds > 0 ? static_cast<double>(tally_.all()) / seconds : 0;
        if (context_.out.format() == report::Format::json && context_.out.options().fields.empty())
            return context_.out.write(describe_run(seconds, rate));
        if (context_.out.options().quiet) return;
        Text text;
        const auto item = [&](std::uint64_t count, std::string_view what) {
            if (count == 0) return;
            text.put(text.empty() ? "" : ", ");
            text.number(count);
            text.put(' ');
            text.put(what);
        };
        item(tally_.answers, "answers");
        item(tally_.no_data, "without data");
        item(tally_.nxdomain, "NXDOMAIN");
        item(tally_.failures, "server failures");
        item(tally_.timeouts, "timed out");
        item(tally_.unreachable, "unreachable");
        item(tally_.bad_names, "bad names");
        item(unfinished_, "unfinished");
        const dns::BulkCounts& counts = engine_->counts();
        item(counts.over_tcp, "over TCP");
        item(counts.stray + counts.mismatched, "stray answers dropped");
        if (text.empty()) text.put("no names");
        text.put("; ");
        text.number(counts.sent);
        text.put(" questions sent in ");
        constexpr double hundredths = 100;
        const auto rounded = static_cast<std::uint64_t>(std::llround(seconds * hundredths));
        text.number(rounded / 100);
        text.put('.');
        text.padded(rounded % 100, 2);
        text.put(" s, ");
        text.number(static_cast<std::uint64_t>(std::llround(rate)));
        text.put(" names a second");
        context_.log.answer(text.view());
    }

    [[nodiscard]] report::Record describe_run(double seconds, double rate) const {
        const dns::BulkCounts& counts = engine_->counts();
        report::Record record(bulk_summary_record);
        record.set("questions", tally_.all()).set("answers", tally_.answers).set("no_data", tally_.no_data);
        record.set("nxdomain", tally_.nxdomain).set("failures", tally_.failures).set("timeouts", tally_.timeouts);
        record.set("unreachable", tally_.unreachable).set("bad_names", tally_.bad_names);
        record.set("unfinished", unfinished_).set("sent", counts.sent).set("over_tcp", counts.over_tcp);
        record.set("stray", counts.stray).set("mismatched", counts.mismatched);
        record.set("duration_s", seconds).set("rate", rate);
        report::List servers;
        for (std::size_t i = 0; i < servers_.size(); ++i) {
            const dns::BulkServerReport one = engine_->server(i);
            constexpr double nanoseconds_a_millisecond = 1e6;
            const report::Value round_trip =
                one.answered == 0 ? report::Value()
                                  : report::Value(static_cast<double>(one.round_trip) / nanoseconds_a_millisecond);
            servers.emplace_back(report::Object{{"server", writer_->server_text(i)},
                                                {"sent", one.sent},
                                                {"answered", one.answered},
                                                {"lost", one.lost},
                                                {"refused", one.refused},
                                                {"rtt_ms", round_trip},
                                                {"window", one.window}});
        }
        record.set("servers", std::move(servers));
        return record;
    }

    Context& context_;
    const Settings& settings_;
    std::vector<dns::Server> servers_;
    dns::BulkOptions options_;
    transport::Descriptor list_;
    std::unique_ptr<Questions> questions_;
    std::string input_;  ///< what is asked for, in words
    std::string state_path_;
    std::vector<dns::BulkQuestion> left_;
    std::unique_ptr<BulkWriter> writer_;
    std::unique_ptr<report::Progress> progress_;
    std::unique_ptr<dns::BulkEngine> engine_;
    Tally tally_;
    std::uint64_t bad_line_ = 0, unfinished_ = 0;
    unsigned bad_lines_ = 0;
    bool save_failed_ = false;
    Clock::time_point begun_, next_save_;
};

}  // namespace

std::vector<Option> bulk_options() {
    return {
        {.names = "--bulk",
         .value = "FILE",
         .help = "ask for the names in a file (-: standard input), thousands at the same time",
         .group = "Very many names",
         .complete = Complete::file},
        {.names = "--sweep",
         .value = "PREFIX",
         .help = "ask for the name of every address of a network or range",
         .group = "Very many names",
         .repeatable = true},
        {.names = "--window",
         .value = "N",
         .help = "so many questions under way at a time; auto: as many as make it faster",
         .group = "Very many names",
         .fallback = "auto"},
        {.names = "--rate", .value = "N", .help = "at most so many questions a second", .group = "Very many names"},
        {.names = "--retries",
         .value = "N",
         .help = "ask so often again where no answer comes",
         .group = "Very many names",
         .fallback = "9"},
        {.names = "--resume",
         .value = "FILE",
         .help = "keep in FILE how far the run has come, and go on from there",
         .group = "Very many names",
         .complete = Complete::file},
    };
}

bool wants_bulk(const Arguments& args) { return args.has("--bulk") || args.has("--sweep"); }

Status bulk(Context& context, const Settings& settings) {
    const auto status = Run(context, settings).run();
    return status ? *status : context.log.error(status.error());
}

}  // namespace fid::cmd::resolve
