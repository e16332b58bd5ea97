#include "stat/terminal.h"

#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace fz::stat {
namespace {

constexpr std::string_view kBold = "\x1b[1m", kRed = "\x1b[31m", kPlain = "\x1b[0m";
constexpr std::string_view kEnter = "\x1b[?1049h\x1b[?25l", kLeave = "\x1b[?25h\x1b[?1049l";
constexpr std::string_view kHome = "\x1b[H", kClearLine = "\x1b[K", kClearRest = "\x1b[J";

// Signal handlers take no arguments: the one terminal of this process.
termios g_before{};
volatile std::sig_atomic_t g_ended = 0;

void note_end(int) { g_ended = 1; }
void note_resize(int) {}  // only interrupts the wait

void write_all(std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), stdout);
    std::fflush(stdout);
}

}  // namespace

Medium standard_output() {
    Medium medium;
    const char* const kind = std::getenv("TERM");
    const bool dumb = kind == nullptr || std::string_view(kind) == "dumb";
    const bool is_terminal = ::isatty(STDOUT_FILENO) != 0;
    medium.terminal = is_terminal && !dumb;
    const char* const no_colour = std::getenv("NO_COLOR");
    medium.colour = medium.terminal && (no_colour == nullptr || *no_colour == '\0');
    winsize size{};
    if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
        medium.width = std::max<std::size_t>(size.ws_col, 20);
        medium.height = size.ws_row;
    } else if (!is_terminal) {
        medium.width = 160;  // nobody's window: nothing has to go
    }
    return medium;
}

std::string painted(const Lines& lines, const Medium& medium) {
    std::string text;
    for (const std::string& line : lines) {
        const bool heading = line.starts_with("queue  ") || line.starts_with("cause ");
        const bool alarm = line.starts_with("verdict") && line.find("lost because") != line.npos;
        if (medium.colour && (heading || alarm)) text += alarm ? kRed : kBold;
        text += line;
        if (medium.colour && (heading || alarm)) text += kPlain;
        text += '\n';
    }
    return text;
}

FullScreen::FullScreen() {
    ::tcgetattr(STDIN_FILENO, &g_before);
    termios raw = g_before;
    raw.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
    ::tcsetattr(STDIN_FILENO, TCSANOW, &raw);
    struct sigaction action {};
    action.sa_handler = note_end;
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) ::sigaction(signal, &action, nullptr);
    action.sa_handler = note_resize;
    ::sigaction(SIGWINCH, &action, nullptr);
    write_all(kEnter);
}

FullScreen::~FullScreen() {
    write_all(kLeave);
    ::tcsetattr(STDIN_FILENO, TCSANOW, &g_before);
}

void FullScreen::draw(const std::string& text) const {
    std::string screen(kHome);
    for (const char c : text) {
        if (c == '\n') screen += kClearLine;
        screen += c;
    }
    write_all(screen += kClearRest);
}

std::optional<Key> take_key(std::string& typed) {
    constexpr std::string_view kArrow = "\x1b[";
    const bool arrow = typed.starts_with(kArrow) && typed.size() > kArrow.size();
    const std::string bytes = typed.substr(0, arrow ? kArrow.size() + 1 : 1);
    typed.erase(0, bytes.size());
    if (bytes == "\x1b[D") return Key::left;
    if (bytes == "\x1b[C") return Key::right;
    switch (bytes.empty() ? '\0' : bytes[0]) {
        case 'q':
            return Key::quit;
        case 'o':
            return Key::overview;
        case 'd':
            return Key::drops;
        case 'x':
            return Key::xdp;
        case 'h':
            return Key::histograms;
        case 'p':
            return Key::peers;
        default:
            return std::nullopt;
    }
}

std::optional<Key> FullScreen::wait(Duration limit) {
    if (typed_.empty()) {
        pollfd input{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
        const auto limit_ms = std::chrono::duration_cast<std::chrono::milliseconds>(limit).count();
        const int ready = ::poll(&input, 1, static_cast<int>(limit_ms));
        if (g_ended != 0) return Key::quit;
        if (ready <= 0) return std::nullopt;
        std::array<char, 64> bytes{};
        const ssize_t size = ::read(STDIN_FILENO, bytes.data(), bytes.size());
        if (size <= 0) return Key::quit;  // nobody is there any more
        typed_.assign(bytes.data(), static_cast<std::size_t>(size));
    }
    return take_key(typed_);
}

}  // namespace fz::stat
