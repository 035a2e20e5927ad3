//go:build druid

package rules

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/conf/live"
)

// ownNetwork is set where the test runs in a network that has nothing but loopback.
const ownNetwork = "IMPLYCHECK_OWN_NETWORK"

// TestRealCluster starts a whole Druid of each recorded release and asks it, as a user
// would, and once more to record what it answers for TestRecordedCluster. It is run like
// TestRecordDruid, and for itself in a network with nothing but loopback.
func TestRealCluster(t *testing.T) {
	home := os.Getenv("IMPLYCHECK_DRUID")
	require.NotEmpty(t, home, "IMPLYCHECK_DRUID")
	for _, release := range recordedReleases {
		t.Run(release, func(t *testing.T) { recordCluster(t, home, release) })
	}
}

func recordCluster(t *testing.T, home, release string) {
	if os.Getenv(ownNetwork) == "" {
		cmd := exec.Command("unshare", "-n", "--pid", "--fork", "--kill-child", "nice", "sh", "-c", `ip link set lo up; exec "$0" "$@"`,
			os.Args[0], "-test.run=^TestRealCluster$/^"+release+"$", "-test.v")
		cmd.Env = append(os.Environ(), ownNetwork+"=1")
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, string(out))
		t.Log(string(out))
		return
	}
	startCluster(t, home, release)
	const address = "http://localhost:8888"
	trees, err := conf.Open(t.Context(), address, conf.Options{})
	require.NoError(t, err)
	require.Len(t, trees, 1)

	answers := map[string]string{}
	var mutex sync.Mutex
	again, err := conf.Open(t.Context(), address, conf.Options{Access: live.Access{Ask: func(ctx context.Context, url string) live.Answer {
		text := fetched(t, url)
		mutex.Lock()
		answers[url] = text
		mutex.Unlock()
		return live.Recorded(map[string]string{url: text}).Ask(ctx, url)
	}}})
	require.NoError(t, err)
	require.Equal(t, filesOf(again[0]), filesOf(trees[0]), "another client is answered the same")

	archive := &txtar.Archive{Comment: []byte("What a Druid " + release + " with the configuration in base, and lines beside it, answered; see TestRealCluster.\n")}
	for _, url := range slices.Sorted(maps.Keys(answers)) {
		archive.Files = append(archive.Files, txtar.File{Name: url, Data: []byte(answers[url] + "\n")})
	}
	require.NoError(t, os.WriteFile(recordedCluster(release), txtar.Format(archive), 0o644))
}

// ofJava are the properties that Druid has from Java and that are kept.
var ofJava = strings.Fields(`derby.stream.error.file file.encoding java.io.tmpdir java.specification.version java.util.logging.manager
	java.version java.vm.name java.vm.version os.arch os.name user.name user.timezone`)

// fetched is the body of an answer, or its status, without what tells of the machine.
func fetched(t *testing.T, url string) string {
	r, err := http.Get(url)
	require.NoError(t, err)
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	require.NoError(t, err)
	if r.StatusCode != http.StatusOK || len(body) == 0 {
		return fmt.Sprint(r.StatusCode)
	}
	var properties map[string]string
	if strings.HasSuffix(url, "/status/properties") && json.Unmarshal(body, &properties) == nil {
		maps.DeleteFunc(properties, func(key, _ string) bool { return !strings.HasPrefix(key, "druid.") && !slices.Contains(ofJava, key) })
		body, err = json.Marshal(properties)
		require.NoError(t, err)
	}
	return string(body)
}

// startCluster starts ZooKeeper and the five processes, and waits for them.
func startCluster(t *testing.T, home, release string) {
	root := t.TempDir()
	writeCluster(t, root)
	druid := filepath.Join(root, "conf", "druid")
	require.NoError(t, os.MkdirAll(filepath.Join(root, "var", "tmp"), 0o755))
	require.NoError(t, os.Symlink(filepath.Join(home, release, "extensions"), filepath.Join(root, "extensions")))
	jars, err := filepath.Glob(filepath.Join(home, release, "lib", "*.jar"))
	require.NoError(t, err)
	require.NotEmpty(t, jars)
	lib := strings.Join(jars, ":")
	start := func(name string, args ...string) {
		log, err := os.Create(filepath.Join(root, name+".log"))
		require.NoError(t, err)
		cmd := exec.Command("java", append([]string{"-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"}, args...)...)
		cmd.Dir, cmd.Stdout, cmd.Stderr = root, log, log
		require.NoError(t, cmd.Start())
		t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait(); log.Close() })
	}
	start("zookeeper", "-Xmx64m", "-Dzookeeper.admin.enableServer=false", "-cp", lib, "org.apache.zookeeper.server.ZooKeeperServerMain", "2181", "zookeeper")
	for _, service := range []string{"coordinator", "broker", "historical", "middleManager", "router"} {
		flags, err := os.ReadFile(filepath.Join(druid, service, "jvm.config"))
		require.NoError(t, err)
		args := append(strings.Fields(string(flags)), opens...)
		start(service, append(args, "-cp", lib+":"+filepath.Join(druid, "_common")+":"+filepath.Join(druid, service), "org.apache.druid.cli.Main", "server", service)...)
		require.Eventually(t, func() bool { return strings.Contains(read(t, filepath.Join(root, service+".log")), startedLine) }, patience, 200*time.Millisecond, service)
	}
	time.Sleep(10 * time.Second) // until they have found each other
}

// filesOf are the files of a tree that a form has made, by service.
func filesOf(t *conf.Tree) map[string]string {
	files := map[string]string{}
	for _, f := range t.Files {
		if f.Made() {
			files[f.Path] = string(f.Data)
		}
	}
	return files
}
