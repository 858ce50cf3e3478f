// SPDX-License-Identifier: MIT
#include "cmd/fetch/curl_line.h"
#include "cmd/fetch/fetch.h"
#include "cmd/fetch/fetching.h"
#include "cmd/fetch/load.h"
#include "cmd/fetch/load_report.h"
#include "cmd/fetch/options.h"
#include "cmd/fetch/record.h"
#include "cmd/fetch/settings.h"
#include "cmd/fetch/words.h"
#include "cmd/fetch/write_out.h"

namespace fid::cmd {
namespace {

Status run(Context& context) {
    if (auto checked = fetch::check_load_options(context.args); !checked) return context.log.error(checked.error());
    const auto settings = fetch::read_settings(context);
    if (!settings) return context.log.error(settings.error());
    if (auto checked = fetch::check_write_out(settings->write_out); !checked) return context.log.error(checked.error());
    if (settings->as_curl) {
        const auto line = fetch::curl_line(*settings);
        if (!line) return context.log.error(line.error());
        context.out.text().put(*line);
        context.out.text().put('\n');
        return Status::success;
    }
    if (settings->dry_run) return fetch::show_requests(context, *settings);
    if (context.args.has("--load")) return fetch::make_load(context, *settings);
    return fetch::fetch_all(context, *settings);
}

}  // namespace

const Command fetch_command{
    .name = "fetch",
    .summary = "transfer what URLs name, with curl's options and HTTPie's items",
    .description =
        "Asks for each URL and writes what comes to standard output or to files. The options are curl's and mean what "
        "they mean there: the same bytes are sent. As in curl {a,b} and [1-9] in a URL stand for many, and several -o "
        "belong to the URLs in their order. METHOD is a word in capitals before the URL. Words behind it are items, as "
        "in HTTPie: NAME=TEXT and NAME:=JSON make a JSON object (with --form a form), NAME@FILE sends a file, "
        "NAME==TEXT adds to the query, NAME:TEXT is a header; NAME=@FILE and NAME:=@FILE take the value from a file, a "
        "backslash takes a separator its meaning. A second URL begins with its scheme.\n\n"
        "The status is honest: 22 where the server answers with an error (400 and above), whose body is written all "
        "the "
        "same; --no-fail makes it 0, -f leaves the body out. On a redirect (-L) to another origin, which is a scheme, "
        "host or port, credentials and headers of yours stay behind, except those that say what the body is or which "
        "answer is understood; from https nothing goes on to http unless --allow-downgrade is given.\n\n"
        "A file is NAME.part until it is whole. One that broke off stays, and the same command with -C - goes on with "
        "it. Names of -O and -J are base names; a name that the server chose replaces no file. Transfers to files run "
        "side by side, six at a time; those to standard output one after another. A decompressed body may have 1 GiB "
        "unless --max-filesize says otherwise. ftp:// and ftps:// move a file, too, or list a folder (its URL ends "
        "with a slash); fid ftp does more.\n\n"
        "On a terminal JSON is indented and coloured, other text has its controls escaped, and binary is refused: -o - "
        "writes it as it is. With --json, --csv or --fields a record tells of each transfer, and has the body where no "
        "file has it. Both programs' --json are here: before a JSON object, array or string, or @FILE, and as "
        "--json=DATA, it is curl's (which --json-data always is), else the house's. --form is HTTPie's; curl's is "
        "-F.\n\n"
        "-v shows the dialogue with secrets masked, --dry-run the request alone, --as-curl a command line of curl for "
        "it. What -u has behind a colon is seen by every user of the machine: --password-file and --netrc are better. "
        "--record keeps what is said inside TLS, without it.\n\n"
        "--load makes the request again and again over -c connections, for the time of --for or -n times, with "
        "HTTP/1.1, "
        "and tells how many answers came a second and how long they took. (There -c is not curl's cookie jar, and -n "
        "not "
        "its netrc.) Without --rate each connection waits for its answer before it sends again (closed model): where "
        "the server stalls, requests that would have met the stall are not made, and the times look better than "
        "they are. With --rate N requests follow a schedule (open model), and each time is told twice: from the "
        "sending, and from the moment the schedule wanted it sent, which is what users of the server would see. "
        "Requests under way at the end are in no figure; they are told of where they had waited longer than all "
        "others. A request fails without a whole answer; an answer of 400 or above makes the status 22, or 75 if not "
        "all "
        "were like that, unless --no-fail is given. A connection that the server ends between two answers is made "
        "again. "
        "-H 'Connection: close' has a new connection each time. The last line but the times says whether this "
        "program, or this machine, was the limit.",
    .positionals = {{.name = "METHOD|URL|ITEM",
                     .help = "what to ask for, how, and with what",
                     .repeatable = true,
                     .complete = Complete::file}},
    .options = fetch::option_list(),
    .examples = {{"fid fetch -sS -L http://127.0.0.1:1/", "a page; nobody answers there", 7},
                 {"fid fetch -O --retry 0 'http://127.0.0.1:1/[1-3].txt'", "three files, side by side", 7},
                 {"fid fetch --dry-run PUT example.com/api name=Ann age:=30 q==1 X-Key:v",
                  "the request that items make, without sending it"},
                 {"fid fetch --as-curl --form example.com name=Ann", "the same for those who have curl"},
                 {"fid fetch --json http://127.0.0.1:1/", "a record of the transfer", 7},
                 {"fid fetch --load -c 8 -n 1000 http://127.0.0.1:1/", "load on a server; nobody is there", 7}},
    .statuses = {{Status::success, "all is here"},
                 {Status::usage, "a mistake in the words"},
                 {Status::bad_input, "not a URL, or not JSON"},
                 {Status::proxy_not_found, "the proxy's name has no address"},
                 {Status::host_not_found, "the host's name has no address"},
                 {Status::cannot_connect, "the server or the proxy cannot be reached"},
                 {Status::protocol_violation, "the answer is malformed, or goes from https to http"},
                 {Status::truncated, "the body broke off, or is larger than allowed"},
                 {Status::server_error, "the server answered with an error (400 and above)"},
                 {Status::cannot_write, "a file cannot be written, or the terminal is no place for it"},
                 {Status::cannot_read, "a file to send or an authority's certificate cannot be read"},
                 {Status::timeout, "no end in time"},
                 {Status::tls_handshake, "no TLS could be agreed on"},
                 {Status::too_many_redirects, "more redirects than --max-redirs"},
                 {Status::empty_reply, "the server closed without an answer"},
                 {Status::send_failure, "the connection broke while sending"},
                 {Status::receive_failure, "it broke while receiving"},
                 {Status::certificate, "the server's certificate cannot be trusted"},
                 {Status::login_refused, "the server refuses the login"},
                 {Status::partial, "several URLs, and not all with the same result"},
                 {Status::interrupted, "stopped by Ctrl-C"}},
    .records = {&fetch::response_record, &fetch::load_record},
    .see_also = {"curl(1)", "http(1)", "wrk(1)", "h2load(1)"},
    .run = run,
    .foreign = fetch::foreign_options(),
    .prepare = fetch::prepare_words};

}  // namespace fid::cmd
