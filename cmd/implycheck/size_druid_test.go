//go:build druid

package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// sized is a plan that a real Druid is started from.
type sized struct {
	name, release string
	args          []string
	// services are the folders below conf, in the order of their starts.
	services []string
}

// place is what every plan is told of its site: everything on this machine.
var place = []string{"--zookeeper", "localhost:2181", "--metadata", "derby"}

// sizedPlans are started by TestSizedDruid. All processes of a plan run on one
// machine, whatever servers they are for.
var sizedPlans = []sized{
	{"all in one, 2 cores, 8 GiB", "33.0.0", []string{"--target", "druid-33", "--role", "all-in-one", "--cores", "2", "--memory", "8GiB"}, []string{
		"druid/single-server/all-in-one/coordinator-overlord", "druid/single-server/all-in-one/historical", "druid/single-server/all-in-one/middleManager",
		"druid/single-server/all-in-one/broker", "druid/single-server/all-in-one/router",
	}},
	{"data, query and master, 4 cores, 16 GiB each", "33.0.0", []string{"--target", "druid-33", "--cores", "4", "--memory", "16GiB"}, cluster},
	{"a pod for each process, 2 cores, 4 GiB", "33.0.0", []string{"--target", "druid-33", "--memory-limit", "4GiB", "--cpu-limit", "2"}, cluster},
	{"Imply's layout, 4 cores, 16 GiB each", "25.0.0", []string{"--target", "imply-2023.01", "--cores", "4", "--memory", "16GiB"}, []string{
		"druid/coordinator", "druid/overlord", "druid/historical", "druid/middleManager", "druid/broker", "druid/router",
	}},
}

var cluster = []string{
	"druid/cluster/master/coordinator-overlord", "druid/cluster/data/historical", "druid/cluster/data/middleManager", "druid/cluster/query/broker", "druid/cluster/query/router",
}

const sizedRecord = "../../sizing/testdata/started.csv"

// TestSizedDruid starts real Druids from exactly what size --write wrote, where only
// hosts, disks and the extensions that Maven has not are replaced; they ingest and
// answer a groupBy, and what is resident of each process is held against its plan.
// IMPLYCHECK_DRUID is the folder that tools/druid.sh fills. The record goes into
// docs/sizing.md. Nothing that is started reaches a network.
func TestSizedDruid(t *testing.T) {
	home := os.Getenv("IMPLYCHECK_DRUID")
	require.NotEmpty(t, home, "IMPLYCHECK_DRUID")
	for _, s := range sizedPlans {
		t.Run(s.name, func(t *testing.T) {
			if rows := s.start(t, home); !t.Failed() {
				record(t, s.name, rows)
			}
		})
	}
}

// record puts the rows of a plan in the place of its old ones.
func record(t *testing.T, plan string, rows [][]string) {
	data, err := os.ReadFile(sizedRecord)
	require.NoError(t, err)
	r := csv.NewReader(strings.NewReader(string(data)))
	r.Comment = '#'
	old, err := r.ReadAll()
	require.NoError(t, err)
	byPlan := map[string][][]string{}
	for _, row := range old {
		byPlan[row[0]] = append(byPlan[row[0]], row)
	}
	byPlan[plan] = rows
	f, err := os.Create(sizedRecord)
	require.NoError(t, err)
	defer f.Close()
	fmt.Fprintln(f, "# What real processes had resident at most, in MiB, of what the plan gives them: TestSizedDruid in cmd/implycheck.\n# plan,release,process,plan,resident")
	w := csv.NewWriter(f)
	for _, s := range sizedPlans {
		require.NoError(t, w.WriteAll(byPlan[s.name]))
	}
}

// plan is what size --format json says of memory: by process, in bytes; tasks have
// one of their own, peon.
func (s sized) plan(t *testing.T) map[string]int64 {
	out, err := exec.Command("implycheck", append(append([]string{"size"}, s.args...), "--format", "json")...).Output()
	require.NoError(t, err)
	var document struct {
		Servers []struct {
			Processes []struct {
				Service                     string
				Tasks, TaskHeap, TaskDirect int64
				Heap, Direct                int64
				Container                   struct{ RequestMemory int64 }
			}
		}
	}
	require.NoError(t, json.Unmarshal(out, &document))
	plan := map[string]int64{}
	for _, server := range document.Servers {
		for _, p := range server.Processes {
			plan[p.Service] = p.Container.RequestMemory
			if p.Tasks > 0 {
				own := p.Heap + p.Heap/20 + p.Direct + 176<<20
				plan["peon"] = (p.Container.RequestMemory - own) / p.Tasks
				plan[p.Service] = own
			}
		}
	}
	return plan
}

func (s sized) start(t *testing.T, home string) [][]string {
	root := t.TempDir()
	out, err := exec.Command("implycheck", slices.Concat([]string{"size", "--write", root, "--deep-storage", "file://" + root + "/deep"}, place, s.args)...).CombinedOutput()
	require.NoError(t, err, string(out))
	s.replace(t, root, home)
	require.NoError(t, os.MkdirAll(filepath.Join(root, "bin"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(root, "bin/run-java"), []byte("#!/bin/sh\nexec java \"$@\"\n"), 0o755))
	for _, dir := range []string{"var/tmp", "var/zk", "disk1/druid/tmp", "deep", "log"} {
		require.NoError(t, os.MkdirAll(filepath.Join(root, dir), 0o755))
	}
	cfg := filepath.Join(root, "conf/zk/zoo.cfg")
	if _, err := os.Stat(cfg); err != nil { // a plan of containers leaves ZooKeeper to others
		require.NoError(t, os.MkdirAll(filepath.Dir(cfg), 0o755))
		require.NoError(t, os.WriteFile(cfg, []byte("tickTime=2000\ndataDir=var/zk\nclientPort=2181\nadmin.enableServer=false\n"), 0o644))
	}
	d := &running{t: t, root: root, lib: s.lib(t, home), peak: map[string]int64{}}
	d.begin()
	defer d.cmd.Process.Kill()
	d.java("zookeeper", flagsOf(t, filepath.Join(root, "conf/zk/jvm.config"), filepath.Join(root, "conf/zk/jvm.config")), filepath.Join(root, "conf/zk"), "org.apache.zookeeper.server.quorum.QuorumPeerMain", filepath.Join(root, "conf/zk/zoo.cfg"))
	for _, service := range s.services {
		dir := filepath.Join(root, "conf", service)
		main, err := os.ReadFile(filepath.Join(dir, "main.config"))
		require.NoError(t, err)
		words := strings.Fields(string(main))
		common := filepath.Join(root, "conf", strings.Split(service, "/")[0], "_common")
		if layers := strings.Split(service, "/"); len(layers) > 2 {
			common = filepath.Join(root, "conf", layers[0], layers[1], "_common")
			if layers[1] == "single-server" {
				common = filepath.Join(root, "conf", layers[0], layers[1], layers[2], "_common")
			}
		}
		name := filepath.Base(service)
		flags := append(flagsOf(t, filepath.Join(dir, "jvm.config"), ""), "-Ddruid.host=localhost")
		d.java(name, flags, common+":"+dir, words[0], words[1:]...)
		d.await(name)
	}
	d.ingest()
	d.query()
	d.measure()
	plan := s.plan(t)
	var rows [][]string
	var sum int64
	for _, bytes := range d.peak {
		sum += bytes
	}
	t.Logf("%s: %d MiB together", s.name, sum>>20)
	for _, name := range slices.Sorted(mapsKeys(d.peak)) {
		planned, ok := plan[name]
		if !ok {
			continue // ZooKeeper of a plan of containers is somebody else's
		}
		t.Logf("%s %s: %d of %d MiB", s.name, name, d.peak[name]>>20, planned>>20)
		assert.LessOrEqual(t, d.peak[name], planned, "%s has more resident than it is planned for", name)
		rows = append(rows, []string{s.name, s.release, name, strconv.FormatInt(planned>>20, 10), strconv.FormatInt(d.peak[name]>>20, 10)})
	}
	return rows
}

func mapsKeys(m map[string]int64) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for key := range m {
			if !yield(key) {
				return
			}
		}
	}
}

// replace brings the disks into the test's folder, and leaves out the extensions that
// Maven has not.
func (s sized) replace(t *testing.T, root, home string) {
	extensions := filepath.Join(home, s.release, "extensions")
	var have []string
	entries, err := os.ReadDir(extensions)
	require.NoError(t, err)
	for _, entry := range entries {
		have = append(have, entry.Name())
	}
	list := regexp.MustCompile(`(?m)^druid\.extensions\.loadList=(.*)$`)
	require.NoError(t, filepath.WalkDir(filepath.Join(root, "conf"), func(name string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(name)
		require.NoError(t, err)
		text := strings.ReplaceAll(string(data), "/mnt/disk1", root+"/disk1")
		text = list.ReplaceAllStringFunc(text, func(line string) string {
			var names []string
			require.NoError(t, json.Unmarshal([]byte(strings.TrimPrefix(line, "druid.extensions.loadList=")), &names))
			kept, _ := json.Marshal(slices.DeleteFunc(names, func(n string) bool { return !slices.Contains(have, n) }))
			return "druid.extensions.loadList=" + string(kept)
		})
		return os.WriteFile(name, []byte(text), 0o644)
	}))
	require.NoError(t, os.MkdirAll(filepath.Join(root, "dist/druid"), 0o755))
	require.NoError(t, os.Symlink(extensions, filepath.Join(root, "extensions")))
	require.NoError(t, os.Symlink(extensions, filepath.Join(root, "dist/druid/extensions")))
}

func (s sized) lib(t *testing.T, home string) string {
	jars, err := filepath.Glob(filepath.Join(home, s.release, "lib", "*.jar"))
	require.NoError(t, err)
	require.NotEmpty(t, jars)
	return strings.Join(jars, ":")
}

// javaOpens are what bin/run-java adds for Java 17.
var javaOpens = strings.Fields(`--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED --add-exports=java.base/jdk.internal.ref=ALL-UNNAMED
	--add-opens=java.base/java.nio=ALL-UNNAMED --add-opens=java.base/sun.nio.ch=ALL-UNNAMED
	--add-opens=java.base/jdk.internal.ref=ALL-UNNAMED --add-opens=java.base/java.io=ALL-UNNAMED
	--add-opens=java.base/java.lang=ALL-UNNAMED --add-opens=jdk.management/com.sun.management.internal=ALL-UNNAMED`)

// flagsOf are the words of a jvm.config, as the launcher gets them; of a file that is
// not there none, if that may be.
func flagsOf(t *testing.T, file, mayMiss string) []string {
	if _, err := os.Stat(file); err != nil && mayMiss != "" {
		return []string{"-Xmx128m"}
	}
	out, err := exec.Command("sh", "-c", `xargs -n1 printf '%s\n' < "$0"`, file).Output()
	require.NoError(t, err)
	return strings.Fields(string(out))
}

// running is a network of its own, and what runs in it.
type running struct {
	t         *testing.T
	root, lib string
	cmd       *exec.Cmd
	pids      map[string]int
	peak      map[string]int64
}

func (d *running) begin() {
	d.cmd = exec.Command("unshare", "-n", "--pid", "--fork", "--kill-child", "sh", "-c", "ip link set lo up; sleep 3600")
	require.NoError(d.t, d.cmd.Start())
	d.pids = map[string]int{}
	time.Sleep(time.Second)
}

// inside is a command in that network and with its processes.
func (d *running) inside(name string, args ...string) *exec.Cmd {
	child := d.child()
	return exec.Command("nsenter", append([]string{"-t", child, "--net", "--pid", "--", name}, args...)...)
}

// child is the process that the network belongs to.
func (d *running) child() string {
	out, err := exec.Command("pgrep", "-P", strconv.Itoa(d.cmd.Process.Pid)).Output()
	require.NoError(d.t, err)
	return strings.Fields(string(out))[0]
}

func (d *running) java(name string, flags []string, path, main string, args ...string) {
	words := append(append(slices.Clone(flags), "-Dsized.name="+name, "-cp", d.lib+":"+path, main), args...)
	cmd := d.inside("java", words...)
	cmd.Dir = d.root
	cmd.Env = append(os.Environ(), "JDK_JAVA_OPTIONS="+strings.Join(javaOpens, " ")) // as bin/run-java does, for tasks too
	log, err := os.Create(filepath.Join(d.root, "log", name))
	require.NoError(d.t, err)
	cmd.Stdout, cmd.Stderr = log, log
	require.NoError(d.t, cmd.Start())
	d.t.Cleanup(func() { _ = cmd.Wait(); log.Close() })
}

// await waits until a service has started.
func (d *running) await(name string) {
	for end := time.Now().Add(5 * time.Minute); time.Now().Before(end); time.Sleep(time.Second) {
		text, err := os.ReadFile(filepath.Join(d.root, "log", name))
		require.NoError(d.t, err)
		if strings.Contains(string(text), "Successfully started lifecycle [module]") {
			return
		}
		require.NotContains(d.t, string(text), "Exception in thread \"main\"", name)
	}
	text, _ := os.ReadFile(filepath.Join(d.root, "log", name))
	require.Fail(d.t, name+" has not started", "%s", text[max(0, len(text)-3000):])
}

// ask sends a request to a process and reads its JSON.
func (d *running) ask(url, body string) string {
	args := []string{"-s", "-m", "60", url}
	if body != "" {
		args = append(args, "-H", "Content-Type: application/json", "-d", body)
	}
	out, _ := d.inside("curl", args...).Output()
	return string(out)
}

const task = `{"type":"index_parallel","spec":{"dataSchema":{"dataSource":"sized","timestampSpec":{"column":"t","format":"iso"},
"dimensionsSpec":{"dimensions":["page"]},"metricsSpec":[{"type":"count","name":"n"}],"granularitySpec":{"segmentGranularity":"day","rollup":false}},
"ioConfig":{"type":"index_parallel","inputSource":{"type":"inline","data":"%s"},"inputFormat":{"type":"json"}},
"tuningConfig":{"type":"index_parallel","partitionsSpec":{"type":"dynamic"}}}}`

// ingest runs a task to its end, and measures while it runs.
func (d *running) ingest() {
	var rows strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&rows, `{\"t\":\"2024-01-01T%02d:00:00Z\",\"page\":\"p%d\"}\n`, i%24, i%500)
	}
	body := filepath.Join(d.root, "task.json")
	require.NoError(d.t, os.WriteFile(body, []byte(fmt.Sprintf(task, rows.String())), 0o644))
	var id string
	for end := time.Now().Add(3 * time.Minute); id == "" && time.Now().Before(end); time.Sleep(2 * time.Second) {
		reply := d.ask("http://localhost:8888/druid/indexer/v1/task", "@"+body)
		var answer struct{ Task string }
		_ = json.Unmarshal([]byte(reply), &answer)
		id = answer.Task
	}
	require.NotEmpty(d.t, id, "no task was accepted")
	for end := time.Now().Add(6 * time.Minute); time.Now().Before(end); time.Sleep(500 * time.Millisecond) {
		d.measure()
		status := d.ask("http://localhost:8888/druid/indexer/v1/task/"+id+"/status", "")
		require.NotContains(d.t, status, `"FAILED"`)
		if strings.Contains(status, `"SUCCESS"`) {
			return
		}
	}
	require.Fail(d.t, "the task did not end")
}

const groupBy = `{"queryType":"groupBy","dataSource":"sized","granularity":"all","intervals":["2024-01-01/2024-01-02"],"dimensions":["page"],
"aggregations":[{"type":"longSum","name":"n","fieldName":"n"}]}`

// query waits until the segment is served, and counts its groups and rows.
func (d *running) query() {
	for end := time.Now().Add(4 * time.Minute); time.Now().Before(end); time.Sleep(2 * time.Second) {
		d.measure()
		var groups []struct{ Event struct{ N int64 } }
		if json.Unmarshal([]byte(d.ask("http://localhost:8888/druid/v2", groupBy)), &groups) != nil || len(groups) == 0 {
			continue
		}
		var n int64
		for _, g := range groups {
			n += g.Event.N
		}
		require.Len(d.t, groups, 500)
		require.EqualValues(d.t, 20_000, n)
		return
	}
	require.Fail(d.t, "no query was answered")
}

var (
	sizedName = regexp.MustCompile(`-Dsized\.name=(\S+)`)
	sizedPeak = regexp.MustCompile(`VmHWM:\s+(\d+) kB`)
)

// measure keeps what each process has had resident at most. Tasks are known by what
// they run.
func (d *running) measure() {
	found, err := filepath.Glob("/proc/[0-9]*/cmdline")
	require.NoError(d.t, err)
	for _, file := range found {
		data, _ := os.ReadFile(file)
		line := strings.ReplaceAll(string(data), "\x00", " ")
		if !strings.Contains(line, d.lib[:40]) && !strings.Contains(line, d.root) {
			continue
		}
		name := ""
		if m := sizedName.FindStringSubmatch(line); m != nil && strings.HasPrefix(line, "java ") {
			name = m[1]
		}
		if strings.Contains(line, " internal peon ") {
			name = "peon"
		}
		status, _ := os.ReadFile(filepath.Join(filepath.Dir(file), "status"))
		if m := sizedPeak.FindSubmatch(status); m != nil && name != "" {
			kb, _ := strconv.ParseInt(string(m[1]), 10, 64)
			d.peak[name] = max(d.peak[name], kb<<10)
		}
	}
}
