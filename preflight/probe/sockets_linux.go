package probe

import (
	"encoding/hex"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/implycheck/implycheck/preflight/facts"
)

// sockets are the TCP ports that somebody listens on. Who, as a user, everybody may
// know; as a process, only the same user and root.
func (b below) sockets() []facts.Socket {
	list := []facts.Socket{}
	inodes := map[string]int{}
	for _, path := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		for i, line := range strings.Split(b.table(path), "\n") {
			const listen = "0A"
			fields := strings.Fields(line)
			if i == 0 || len(fields) < 10 || fields[3] != listen {
				continue
			}
			address, port, ok := hexAddress(fields[1])
			if !ok {
				continue
			}
			uid, _ := strconv.Atoi(fields[7])
			inodes["socket:["+fields[9]+"]"] = len(list)
			list = append(list, facts.Socket{Address: address, Port: port, UID: uid})
		}
	}
	processes, _ := filepath.Glob(filepath.Join(b.root, "proc/[0-9]*/fd/*"))
	for _, fd := range processes {
		link, err := os.Readlink(fd)
		if i, ok := inodes[link]; err == nil && ok && list[i].Process == "" {
			list[i].Process = command(filepath.Dir(filepath.Dir(fd)))
		}
	}
	slices.SortFunc(list, func(a, b facts.Socket) int { return int(a.Port - b.Port) })
	return list
}

// command is what a process is called: for a Druid its role, else the program.
func command(proc string) string {
	line, _ := os.ReadFile(filepath.Join(proc, "cmdline"))
	words := strings.Split(strings.TrimRight(string(line), "\x00"), "\x00")
	pid := " (pid " + filepath.Base(proc) + ")"
	if i := slices.IndexFunc(words, func(w string) bool { return strings.HasSuffix(w, "druid.cli.Main") }); i >= 0 {
		return "druid " + strings.Join(words[i+1:], " ") + pid
	}
	return filepath.Base(words[0]) + pid
}

// hexAddress reads 0100007F:1F90, whose address is in words of the machine's order:
// little-endian on every machine that Druid runs on.
func hexAddress(text string) (address string, port int64, ok bool) {
	host, hexPort, _ := strings.Cut(text, ":")
	raw, err := hex.DecodeString(host)
	port, portErr := strconv.ParseInt(hexPort, 16, 32)
	if err != nil || portErr != nil || len(raw)%4 != 0 || len(raw) == 0 {
		return "", 0, false
	}
	for word := range slices.Chunk(raw, 4) {
		slices.Reverse(word)
	}
	return net.IP(raw).String(), port, true
}
