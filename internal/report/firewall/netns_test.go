package firewall

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/ports"
)

// The test binary is also what listens and what connects in a namespace.
func TestMain(m *testing.M) {
	if list := os.Getenv("NETNS_LISTEN"); list != "" {
		listen(strings.Fields(list))
		return
	}
	if list := os.Getenv("NETNS_DIAL"); list != "" {
		dial(strings.Fields(list))
		return
	}
	os.Exit(m.Run())
}

// listen accepts on some ports until its input ends.
func listen(list []string) {
	for _, port := range list {
		l, err := net.Listen("tcp", ":"+port)
		if err != nil {
			fmt.Println(err)
			return
		}
		go func() {
			for {
				c, err := l.Accept()
				if err != nil {
					return
				}
				_ = c.Close()
			}
		}()
	}
	fmt.Println("ready")
	_, _ = bufio.NewReader(os.Stdin).ReadByte()
}

// dial prints the addresses that answer.
func dial(list []string) {
	var group sync.WaitGroup
	var mu sync.Mutex
	for _, address := range list {
		group.Go(func() {
			c, err := net.DialTimeout("tcp", address, time.Second)
			if err != nil {
				return
			}
			_ = c.Close()
			mu.Lock()
			defer mu.Unlock()
			fmt.Println(address)
		})
	}
	group.Wait()
}

// hosts are the machines of the test, with the last part of their address.
// stranger is in nobody's list, and data2 is a second Data server.
var hosts = []string{"", ports.Master, ports.Query, ports.Data, ports.Clients, "stranger", "data2"}

// allowed are the connections that a cluster such as that of cluster.txtar
// needs, written down by hand: who may reach which ports of a server.
var allowed = map[string]map[string][]int{
	ports.Master: {
		ports.Master: {1527, 2181, 8081, 8090}, ports.Query: {2181, 8081, 8090}, ports.Data: {1527, 2181, 8081, 8090},
	},
	ports.Query: {ports.Master: {8082}, ports.Query: {8082, 8888}, ports.Clients: {8082, 8888, 9095}},
	ports.Data: {
		ports.Master: {18083, 8091, 8101, 8102, 8103}, ports.Query: {18083, 8101, 8102, 8103},
		ports.Data: {8091, 8101, 8102, 8103}, ports.Clients: {8200},
	},
}

// probed are the ports that something listens on.
var probed = map[string][]int{
	ports.Master: {22, 1527, 2181, 2888, 8081, 8090, 8200},
	ports.Query:  {22, 8082, 8888, 9095, 9096},
	ports.Data:   {22, 18083, 8083, 8091, 8100, 8101, 8102, 8103, 8104, 8200, 17071},
}

// forbidden are ten connections that nobody needs; all others that allowed does
// not name are forbidden too.
var forbidden = []struct {
	from, to string
	port     int
}{
	{"stranger", ports.Master, 2181}, {"stranger", ports.Data, 18083}, {ports.Clients, ports.Master, 2181},
	{ports.Clients, ports.Master, 1527}, {ports.Clients, ports.Data, 18083}, {ports.Clients, ports.Data, 8101},
	{ports.Query, ports.Master, 1527}, {ports.Data, ports.Query, 9095}, {ports.Master, ports.Data, 17071}, {"data2", ports.Data, 18083},
}

func TestNftablesBetweenNamespaces(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("network namespaces need root")
	}
	for _, tool := range []string{"ip", "nft"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skip(tool + " is not installed")
		}
	}
	if out, err := exec.Command("unshare", "-n", "nft", "list", "ruleset").CombinedOutput(); err != nil {
		t.Skipf("no network namespaces here: %s", out)
	}
	world := newWorld(t)
	for _, role := range ports.Roles {
		world.serve(role, probed[role])
	}
	for _, from := range hosts[1:] {
		require.Equal(t, expected(from, func(string, int) bool { return true }), world.reach(from), "without rules everything answers")
	}
	for _, role := range ports.Roles {
		world.protect(role)
	}
	for _, from := range hosts[1:] {
		want := expected(from, func(to string, port int) bool {
			// SSH stays open, and a machine reaches itself over its loopback.
			return port == 22 || from == to || slices.Contains(allowed[to][strings.TrimSuffix(from, "2")], port)
		})
		got := world.reach(from)
		require.Equal(t, want, got, from)
		for _, f := range forbidden {
			if f.from == from {
				require.NotContains(t, got, address(f.to, 4, f.port))
			}
		}
	}
}

// expected are the addresses that answer to a host.
func expected(from string, answers func(to string, port int) bool) []string {
	list := []string{}
	for _, to := range ports.Roles {
		for _, port := range probed[to] {
			if answers(to, port) {
				list = append(list, address(to, 4, port), address(to, 6, port))
			}
		}
	}
	slices.Sort(list)
	return list
}

func address(host string, family, port int) string {
	n := slices.Index(hosts, host)
	if family == 4 {
		return fmt.Sprintf("10.77.0.%d:%d", n, port)
	}
	return fmt.Sprintf("[fd77::%d]:%d", n, port)
}

// world is a switch with a namespace for each host.
type world struct {
	t      *testing.T
	prefix string
}

func newWorld(t *testing.T) world {
	w := world{t, fmt.Sprintf("ic%d-", os.Getpid())}
	for _, name := range append([]string{"switch"}, hosts[1:]...) {
		w.run(nil, "ip", "netns", "add", w.prefix+name)
		t.Cleanup(func() { _ = exec.Command("ip", "netns", "del", w.prefix+name).Run() })
	}
	w.in("switch", "ip", "link", "add", "br0", "type", "bridge")
	w.in("switch", "ip", "link", "set", "br0", "up")
	for n, name := range hosts {
		if n == 0 {
			continue
		}
		end := fmt.Sprintf("p%d", n)
		w.in("switch", "ip", "link", "add", end, "type", "veth", "peer", "name", "eth0", "netns", w.prefix+name)
		w.in("switch", "ip", "link", "set", end, "master", "br0", "up")
		w.in(name, "ip", "link", "set", "lo", "up")
		w.in(name, "ip", "addr", "add", fmt.Sprintf("10.77.0.%d/24", n), "dev", "eth0")
		w.in(name, "ip", "addr", "add", fmt.Sprintf("fd77::%d/64", n), "dev", "eth0", "nodad")
		w.in(name, "ip", "link", "set", "eth0", "up")
	}
	return w
}

// run runs a command and answers what it prints.
func (w world) run(env []string, command ...string) string {
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	require.NoError(w.t, err, "%v: %s", command, out)
	return string(out)
}

func (w world) in(host string, command ...string) string {
	return w.run(nil, append([]string{"ip", "netns", "exec", w.prefix + host}, command...)...)
}

// serve has something listen on ports of a host until the test ends.
func (w world) serve(host string, list []int) {
	self, err := os.Executable()
	require.NoError(w.t, err)
	cmd := exec.Command("ip", "netns", "exec", w.prefix+host, self)
	cmd.Env = append(os.Environ(), "NETNS_LISTEN="+strings.Trim(fmt.Sprint(list), "[]"))
	stop, err := cmd.StdinPipe()
	require.NoError(w.t, err)
	out, err := cmd.StdoutPipe()
	require.NoError(w.t, err)
	require.NoError(w.t, cmd.Start())
	w.t.Cleanup(func() { _ = stop.Close(); _ = cmd.Wait() })
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(w.t, err)
	require.Equal(w.t, "ready\n", line)
}

// protect applies the rules of a role.
func (w world) protect(role string) {
	var rules bytes.Buffer
	write, _ := Lookup("nftables")
	require.NoError(w.t, write(&rules, New(mapOf(w.t).Only([]string{role}), sample(w.t), true)))
	file := w.t.TempDir() + "/rules.nft"
	require.NoError(w.t, os.WriteFile(file, rules.Bytes(), 0o644))
	w.in(role, "nft", "-f", file)
	w.in(role, "nft", "-f", file) // a second time changes nothing
}

// reach are the addresses that a host reaches.
func (w world) reach(from string) []string {
	self, err := os.Executable()
	require.NoError(w.t, err)
	all := expected(from, func(string, int) bool { return true })
	out := w.run([]string{"NETNS_DIAL=" + strings.Join(all, " ")}, "ip", "netns", "exec", w.prefix+from, self)
	got := strings.Fields(out)
	slices.Sort(got)
	return got
}
