"""A program under a pseudo-terminal: send keys, wait for text."""
import fcntl, os, pty, select, signal, struct, termios, time


class Shell:
    def __init__(self, command, work, rows=40, columns=120):
        self.seen = ""
        self.code = None
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            for number in (signal.SIGINT, signal.SIGQUIT):  # ignored where the tests themselves run in the background
                signal.signal(number, signal.SIG_DFL)
            os.chdir(work)
            os.environ.update(TERM="xterm", XDG_STATE_HOME=os.path.join(work, "state"), LC_ALL="C.UTF-8", NO_COLOR="1")
            os.execv(command[0], command)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.code is None:
            try:
                os.kill(self.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            os.waitpid(self.pid, 0)
        os.close(self.fd)

    def send(self, keys):
        os.write(self.fd, keys.encode())

    def line(self, text):
        self.send(text + "\r")

    def read(self, seconds):
        if not select.select([self.fd], [], [], seconds)[0]:
            return False
        try:
            data = os.read(self.fd, 65536)
        except OSError:
            return False
        self.seen += data.decode(errors="replace")
        return bool(data)

    def expect(self, *texts, seconds=120):
        """Waits until the texts have come one after the other; gives everything up to the last one's end."""
        end = time.monotonic() + seconds
        while True:
            at = 0
            for text in texts:
                at = self.seen.find(text, at)
                if at < 0:
                    break
                at += len(text)
            if at >= 0:
                got, self.seen = self.seen[:at], self.seen[at:]
                return got
            if time.monotonic() > end:
                raise AssertionError("waited for %r, saw %r" % (texts, self.seen[-3000:]))
            self.read(0.1)

    def wait(self, seconds=120):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.read(0.05)
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.code = os.waitstatus_to_exitcode(status)
                return self.code
        raise AssertionError("still running; saw %r" % self.seen[-2000:])
