"""What campaign and soak share: the program run in a folder of its own, on a pseudo-terminal, and rows of logs."""
import fcntl, os, pty, re, select, signal, struct, subprocess, termios, time

PATIENCE = 30  # seconds for one call
EVIL = "\x1b]0;EVIL\x07\x9b31m\u202eEVIL"


class Fault(Exception):
    """The program did what it must not do."""


class World:
    """A folder for one part, and the program run in it."""

    def __init__(self, binary, folder):
        self.bin, self.folder, self.calls, self.last = binary, folder, 0, []
        self.log = folder / "log"

    def env(self, **more):
        env = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "CASETRAIL_CACHE_MB")}
        home = str(self.folder)
        env.update(XDG_CACHE_HOME=home + "/cache", XDG_CONFIG_HOME=home + "/config", TERM="xterm-256color", LC_ALL="C.UTF-8", **more)
        return env

    def run(self, words, allowed, **more):
        self.calls += 1
        self.last = [str(w) for w in words]
        try:
            p = subprocess.run([self.bin] + self.last, env=self.env(**more), stdin=subprocess.DEVNULL, capture_output=True,
                               timeout=PATIENCE, cwd=self.folder)
        except subprocess.TimeoutExpired:
            raise Fault("no answer in %d s" % PATIENCE)
        said = p.stderr.decode("utf-8", "replace")
        if p.returncode not in allowed:
            raise Fault("exit %d: %s" % (p.returncode, said[-300:]))
        if re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", said):
            raise Fault("control characters on standard error: %r" % said[-300:])
        if p.returncode != 0 and not said.strip():
            raise Fault("exit %d without a word" % p.returncode)
        return p.returncode, p.stdout, said


def rows(rng, n):
    t = 1_700_000_000
    out = []
    for i in range(n):
        t += rng.choice([0, 60, 3600, 90_000])
        stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(t))
        out.append(("c%d" % rng.randrange(max(1, n // 4)), rng.choice(["Open", "Check", "Close", "Ärger", 'say "hi"', EVIL]), stamp,
                    rng.choice(["Ann", "Bob", ""]), rng.choice(["1", "2.5", "", "x"])))
    return out


HEAD = ["case_id", "activity", "timestamp", "resource", "cost"]


class Terminal:
    """the explorer on a pseudo-terminal"""

    def __init__(self, world, words, size):
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
        self.before, self.slave, self.raw = termios.tcgetattr(slave), slave, b""

        def take():
            os.setsid()
            fcntl.ioctl(slave, termios.TIOCSCTTY, 0)

        world.calls += 1
        world.last = [str(w) for w in words]
        self.child = subprocess.Popen([world.bin] + world.last, env=world.env(), cwd=world.folder, stdin=slave, stdout=slave, stderr=slave, preexec_fn=take)

    def read(self, seconds):
        end = time.time() + seconds
        while select.select([self.master], [], [], max(0, end - time.time()))[0]:
            try:
                got = os.read(self.master, 1 << 16)
            except OSError:
                return
            self.raw += got
            if not got:
                return

    def size(self, columns, lines):
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        if self.child.poll() is None:
            self.child.send_signal(signal.SIGWINCH)

    def end(self, allowed):
        until = time.time() + PATIENCE
        while self.child.poll() is None and time.time() < until:
            self.read(0.05)
        if self.child.poll() is None:
            self.child.kill()
            raise Fault("it does not end")
        self.read(0.02)
        code = self.child.returncode
        after = termios.tcgetattr(self.slave)
        os.close(self.master)
        os.close(self.slave)
        if code not in allowed:
            panic = self.raw.rfind(b"panicked at")
            raise Fault("exit %d: %r" % (code, self.raw[panic : panic + 1000] if panic >= 0 else self.raw[-300:]))
        if after != self.before:
            raise Fault("the modes of the terminal are not restored")
        for on, off in ((b"\x1b[?1049h", b"\x1b[?1049l"), (b"\x1b[?25l", b"\x1b[?25h"), (b"\x1b[?2004h", b"\x1b[?2004l")):
            if self.raw.rfind(on) > self.raw.rfind(off):
                raise Fault("%r is not undone" % on)
        text = re.sub(rb"\x1b\]52;c;[A-Za-z0-9+/=]*\x07", b"", self.raw)
        if b"\x1b]0;EVIL" in text or b"\xc2\x9b" in text or "\u202e".encode() in text:
            raise Fault("text of the log reaches the terminal")


KEYS = list("0123456789abcdefghijklmnoprstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ/:;,.<>[]{}+-=!?$ '\"") + [
    "\r", "\t", "\x1b", "\x7f", "\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D", "\x1b[5~", "\x1b[6~", "\x1b[H", "\x1b[F", "\x12", "\x0c", "\x15",
    "\x1b[200~" + EVIL + "\x1b[201~", "g f", "é", "日本"]
