// SPDX-License-Identifier: MIT
#include "dns/bulk_window.h"

#include <algorithm>

namespace fid::dns {
namespace {

constexpr std::uint64_t enough_to_judge = 64;  // answers and losses
constexpr double worth_doubling = 1.15;        // the rate must rise by so much for twice the window
constexpr double trial_step = 1.25, worth_a_step = 1.04;
constexpr double too_much_loss = 0.1;  // above what is usual
constexpr double after_loss = 0.7;
constexpr double usual_loss_drift = 0.002;  // a round: what was usual once need not be for ever
constexpr double rate_memory = 0.7;
constexpr unsigned rest_after_trial = 6;

}  // namespace

Window::Window(const Limits& limits)
    : limits_(limits), size_(std::clamp(limits.start, limits.least, limits.most)), settled_(size_) {}

void Window::resize(double size) {
    size_ = static_cast<std::uint32_t>(
        std::clamp(size, static_cast<double>(limits_.least), static_cast<double>(limits_.most)));
}

void Window::tick(Nanoseconds now, Nanoseconds least_time) {
    if (round_began_ == 0) round_began_ = now;
    const Nanoseconds passed = now - round_began_;
    if (passed < least_time || answered_ + lost_ < enough_to_judge) return;
    const double all = static_cast<double>(answered_ + lost_);
    if (full_)
        judge(static_cast<double>(answered_) * 1e9 / static_cast<double>(passed), static_cast<double>(lost_) / all);
    round_began_ = now;
    answered_ = lost_ = 0;
    full_ = false;
}

void Window::judge(double rate, double loss) {
    if (loss > usual_loss_ + too_much_loss) {
        doubling_ = trial_ = false;
        resize(static_cast<double>(size_) * after_loss);
        settled_ = size_;
        rate_ = rate;
        rest_ = rest_after_trial;
        usual_loss_ += usual_loss_drift;
        return;
    }
    usual_loss_ = std::min(loss, usual_loss_ + usual_loss_drift);
    if (doubling_) {
        if (rate > rate_ * worth_doubling) {
            rate_ = rate;
            settled_ = size_;
            resize(static_cast<double>(size_) * 2);
            return;
        }
        doubling_ = false;
        resize(settled_);
        rest_ = rest_after_trial;
        return;
    }
    if (trial_) {
        trial_ = false;
        if (rate > rate_ * worth_a_step) {
            settled_ = size_;
            rate_ = rate;
            rest_ = 0;
        } else {
            resize(settled_);
            rest_ = rest_after_trial;
        }
        return;
    }
    rate_ = rate_ * rate_memory + rate * (1 - rate_memory);
    if (rest_ > 0) {
        --rest_;
        return;
    }
    trial_ = true;
    settled_ = size_;
    resize(static_cast<double>(size_) * trial_step);
}

}  // namespace fid::dns
