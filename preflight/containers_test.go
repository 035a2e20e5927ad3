package preflight_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/lint/config"
	"github.com/implycheck/implycheck/preflight"
	"github.com/implycheck/implycheck/preflight/facts"
	"github.com/implycheck/implycheck/rules"
)

// inCompose is what preflight says of a Compose file, on a machine or in a container.
func inCompose(t *testing.T, isContainer bool, zooKeeper string) *finding.Report {
	t.Helper()
	t.Setenv("DRUID_JAVA_HOME", "")
	t.Setenv("JAVA_HOME", "")
	t.Setenv("PATH", t.TempDir()) // which has no Java
	text := `services:
  historical:
    image: apache/druid:28.0.1
    command: [historical]
    environment:
      druid_zk_service_host: ` + zooKeeper + `
      druid_extensions_loadList: '["druid-datasketches"]'
      druid_extensions_directory: /nowhere/extensions
      druid_metadata_storage_type: derby
`
	file := filepath.Join(t.TempDir(), "compose.yaml")
	require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
	trees, err := conf.Open(t.Context(), file, conf.Options{})
	require.NoError(t, err)
	s := newSetup(t, "")
	machine := answered(t, "host", facts.Question{Host: &facts.Host{}}).Host
	machine.Container, machine.Swaps, machine.Unread = isContainer, []string{"/dev/sda2"}, nil
	machine.Settings["/proc/sys/vm/swappiness"] = "60"
	s.answers = map[string]facts.Answer{"host": {Host: machine}}
	r, err := preflight.Run(t.Context(), preflight.Options{
		Tree: trees[0], Deployment: rules.DeploymentOf(trees[0], rules.Options{}), Timeout: 10 * time.Second, Ask: s.ask,
		Config: &config.Run{Finder: config.Finder{None: true}, Today: config.DateOf(time.Now())},
	})
	require.NoError(t, err)
	return r
}

// What a container has for itself is not known from outside: its Java, its files, its
// names. What the machine has in common with it is.
func TestContainers(t *testing.T) {
	at := fmt.Sprintf("127.0.0.1:%d", freePort(t))
	inside, outside := inCompose(t, true, at), inCompose(t, false, at)
	for _, check := range []string{"live-java", "live-extensions", "live-zk-connect"} {
		requireOne(t, inside, check, finding.Fail, "")
		requireOne(t, outside, check, finding.CannotSay, "on this machine, and Druid runs in containers")
	}
	require.Contains(t, strings.Join(rows(inside, "live-folders"), "\n"), "pass ")
	require.NotContains(t, strings.Join(rows(outside, "live-folders"), "\n"), "pass ")
	requireOne(t, inside, "live-ports-free", finding.Pass, "")
	requireOne(t, outside, "live-ports-free", finding.CannotSay, "run this in one")
	for _, r := range []*finding.Report{inside, outside} {
		requireOne(t, r, "live-swap", finding.Warn, "/dev/sda2")
	}
	require.NotZero(t, inside.Failing)
	require.Zero(t, outside.Failing, "%s", strings.Join(rows(outside, "live-memory"), "\n"))
}

// What answers on the loopback of a machine is not in the container.
func TestLoopbackOfContainers(t *testing.T) {
	at := ensemble(t, 1, false)[0]
	serving(t, at)
	requireOne(t, inCompose(t, true, at), "live-zk-connect", finding.Pass, "")
	requireOne(t, inCompose(t, false, at), "live-zk-connect", finding.CannotSay, "it is on the loopback on this machine, and Druid runs in containers")
	requireOne(t, inCompose(t, false, at), "live-zk-session", finding.CannotSay, "on the loopback")
}
