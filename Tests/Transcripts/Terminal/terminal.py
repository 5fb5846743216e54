"""Types into a shell at a terminal, and says what stands on the line then.

    terminal.py SHELL SETUP KEYS [KEYS...]

SETUP is a file that the shell reads first. Each KEYS is typed on an empty line, and the line that came
of it is printed as a JSON string, one a line; what the terminal showed meanwhile follows, as another.
"""

import json
import os
import pty
import select
import subprocess
import sys
import tempfile
import time

SECONDS_MAX = 60
READY = "the-shell-is-ready"

# A key that writes the line into a file, and one that empties it.
KEYS = {
    "bash": r"""
bind 'set enable-bracketed-paste off'
bind 'set bell-style none'
bind 'set page-completions off'
bind 'set completion-query-items 0'
strata_dump() { printf %s "$READLINE_LINE" >"$STRATA_LINE.new"; mv "$STRATA_LINE.new" "$STRATA_LINE"; }
bind -x '"\C-xd": strata_dump'
bind '"\C-xk": kill-whole-line'
""",
    "zsh": r"""
strata_dump() { print -rn -- "$BUFFER" >"$STRATA_LINE.new"; command mv "$STRATA_LINE.new" "$STRATA_LINE" }
zle -N strata_dump
bindkey -e
bindkey '^Xd' strata_dump
bindkey '^Xk' kill-whole-line
unsetopt beep
LISTMAX=10000
""",
    "fish": r"""
function strata_dump; commandline >$STRATA_LINE.new; command mv $STRATA_LINE.new $STRATA_LINE; end
bind \cxd strata_dump
bind \cxk 'commandline ""'
function fish_prompt; echo '$ '; end
function fish_greeting; end
""",
}
WORDS = {
    "bash": ["bash", "--noprofile", "--norc", "-i"],
    "zsh": ["zsh", "-f", "-i"],
    "fish": ["fish", "--no-config", "-i"],
}


class Terminal:
    def __init__(self, shell, setup, folder):
        self.line = os.path.join(folder, "line")
        self.shown = b""
        start = os.path.join(folder, "start")
        with open(start, "w") as file:
            file.write(f"{KEYS[shell]}\n. {setup}\necho the-shell-is-'ready'\n")
        environment = dict(os.environ, STRATA_LINE=self.line, TERM="xterm", PS1="$ ",
                           COLUMNS="200", LINES="50")
        master, slave = pty.openpty()
        self.process = subprocess.Popen(
            WORDS[shell], stdin=slave, stdout=slave, stderr=slave, env=environment,
            start_new_session=True, preexec_fn=lambda: take(slave))
        os.close(slave)
        self.terminal = master
        self.type(f" . {start}\r")
        self.wait(lambda: READY.encode() in self.shown, "the shell to start")

    def type(self, keys):
        os.write(self.terminal, keys.encode())

    def read(self, seconds):
        if select.select([self.terminal], [], [], seconds)[0]:
            try:
                self.shown += os.read(self.terminal, 65536)
            except OSError:
                sys.exit("terminal: the shell ended: " + self.shown.decode(errors="replace"))

    def wait(self, condition, what):
        end = time.monotonic() + SECONDS_MAX
        while not condition():
            self.read(0.02)
            if time.monotonic() > end:
                sys.exit(f"terminal: waited {SECONDS_MAX} s for {what}; shown: "
                         + self.shown.decode(errors="replace"))

    def complete(self, keys):
        self.shown = b""
        if os.path.exists(self.line):
            os.remove(self.line)
        self.type(keys)
        # What was typed ahead is read when the completion is done.
        self.type("\x18d")
        self.wait(lambda: os.path.exists(self.line), f"the line after {keys!r}")
        with open(self.line, encoding="utf-8", errors="replace") as file:
            line = file.read()
        self.type("\x18k")
        return line.rstrip("\n"), self.shown.decode(errors="replace")


def take(slave):
    import fcntl
    import termios
    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)


def main():
    shell, setup = sys.argv[1:3]
    with tempfile.TemporaryDirectory() as folder:
        terminal = Terminal(shell, setup, folder)
        for keys in sys.argv[3:]:
            for text in terminal.complete(keys):
                print(json.dumps(text))
        terminal.process.kill()
        terminal.process.wait()


if __name__ == "__main__":
    main()
