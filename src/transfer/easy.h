// SPDX-License-Identifier: MIT
// A libcurl handle that is set up from a Request. The only place where Request and CURLOPT_... meet.
#pragma once

#include <curl/curl.h>

#include <memory>

#include "report/error.h"
#include "transfer/request.h"
#include "transport/descriptor.h"

namespace fid::transfer {

struct EasyDeleter {
    void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct ListDeleter {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
struct MimeDeleter {
    void operator()(curl_mime* mime) const { curl_mime_free(mime); }
};

class Easy {
  public:
    Easy();
    [[nodiscard]] CURL* handle() const { return easy_.get(); }
    /// Sets up the handle from nothing; connections and cookies of earlier uses stay. Callbacks for what is received
    /// are the caller's to set afterwards. `request` must live as long as the handle is in use. `again`: cookie files
    /// have been read already. Status cannot_read where a file of the body cannot be opened.
    [[nodiscard]] Result<void> set_up(const Request& request, CURLSH* share, bool again);

  private:
    void set_body(const Request& request);
    void set_form(const std::vector<FormPart>& parts);
    void set_conditions(const Request& request);
    void set_credentials(const Request& request);
    void set_tls(const Tls& tls);
    void set_proxy(const Proxy& proxy);
    Result<void> set_upload(const std::string& path);
    static std::size_t read(char* into, std::size_t size, std::size_t count, void* self);
    static int seek(void* self, curl_off_t offset, int origin);

    curl_slist* list(const std::vector<std::string>& lines);

    std::unique_ptr<CURL, EasyDeleter> easy_;
    std::unique_ptr<curl_mime, MimeDeleter> form_;
    std::vector<std::unique_ptr<curl_slist, ListDeleter>> lists_;
    transport::Descriptor file_;
    int upload_ = -1;  ///< the file's descriptor, or standard input
};

}  // namespace fid::transfer
