package preflight_test

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/preflight"
	"github.com/implycheck/implycheck/preflight/facts"
	"github.com/implycheck/implycheck/rules"
)

// gather gathers the machine of the test as a host of another name.
func (s *setup) gather(t *testing.T, name string, roles ...string) preflight.Host {
	t.Helper()
	s.run(t, "live-swap") // writes the files
	target := targetOf(t, "druid-28")
	trees, err := conf.Open(t.Context(), filepath.Join(s.dir, "conf"), conf.Options{Target: &target})
	require.NoError(t, err)
	o := s.o
	o.Tree, o.Roles, o.Ask, o.Timeout = trees[0], roles, s.ask, 10*time.Second
	o.Deployment = rules.DeploymentOf(o.Tree, rules.Options{Deployment: s.deployment})
	g, err := preflight.Gather(t.Context(), o)
	require.NoError(t, err)
	text, err := json.Marshal(g)
	require.NoError(t, err)
	require.NotContains(t, string(text), "rosebud7", "an answer holds no password")
	h, err := preflight.ReadHost([]byte(strings.Replace(string(text), `"host":"`+g.Host+`"`, `"host":"`+name+`"`, 1)))
	require.NoError(t, err)
	require.Equal(t, name, h.Host)
	return h
}

func TestHosts(t *testing.T) {
	t.Parallel()
	lines := "druid.metadata.storage.type=postgresql\ndruid.metadata.storage.connector.connectURI=jdbc:postgresql://127.0.0.1:1/druid\n" +
		"druid.metadata.storage.connector.user=druid\ndruid.metadata.storage.connector.password=rosebud7\n" +
		"druid.storage.type=local\ndruid.storage.storageDirectory=/data/deep\n"
	s := newSetup(t, lines)
	master, data := s.gather(t, "master1", "master"), s.gather(t, "data1", "data")
	require.Equal(t, []string{"data"}, data.Role)

	desk := newSetup(t, lines)
	desk.o.Hosts = []preflight.Host{master, data}
	desk.o.Ask = nil
	r := desk.run(t)
	hosts := map[string]int{}
	for _, c := range r.Checks {
		hosts[c.Host]++
	}
	require.Greater(t, hosts["master1"], 10)
	require.Greater(t, hosts["data1"], 10)
	require.Equal(t, []string{"pass 5 files: the same"}, rows(r, "live-same-files"))
	require.Len(t, rows(r, "live-db-connect"), 1, "only Masters connect")
	require.True(t, hasFinding(r, "master1: the metadata store"))
	requireOne(t, desk.run(t, "live-same-clock"), "live-same-clock", finding.CannotSay, "--time-server")

	// A copy that was forgotten, clocks apart, and two disks for one deep storage.
	other := newSetup(t, lines+"druid.startup.logging.logProperties=true\n").gather(t, "data2", "data")
	deep := func(h preflight.Host, kind, source string) preflight.Host {
		h.Answers = append([]facts.Answer{}, h.Answers...)
		for i, a := range h.Answers {
			if a.Name == "folder /data/deep" {
				place := *a.Folder
				place.Mount = facts.Mount{Kind: kind, Source: source, Point: "/data", Device: "0:1"}
				h.Answers[i].Folder = &place
			}
		}
		return h
	}
	clock := func(h preflight.Host, ms int64) preflight.Host {
		h.Answers = append(h.Answers[:len(h.Answers):len(h.Answers)], facts.Answer{Name: "time ntp pool.example", Time: &facts.Offset{MS: ms}})
		h.TimeServers = []string{"pool.example"}
		return h
	}
	desk.o.Hosts = []preflight.Host{deep(clock(data, 0), "nfs4", "filer:/a"), deep(clock(other, 5000), "nfs4", "filer:/b")}
	r = desk.run(t, "live-same-*", "live-shared-storage", "live-clock-offset")
	require.Equal(t, []string{"warn druid/_common/common.runtime.properties: data1 | data2"}, rows(r, "live-same-files"))
	requireOne(t, r, "live-same-clock", finding.Warn, "5s apart")
	require.Contains(t, rows(r, "live-shared-storage"), "fail deep storage: data1 on nfs4 filer:/a/deep; data2 on nfs4 filer:/b/deep")
	desk.o.Hosts[1] = deep(clock(other, 90_000), "nfs4", "filer:/a")
	r = desk.run(t, "live-same-clock", "live-shared-storage")
	requireOne(t, r, "live-same-clock", finding.Fail, "1m30s apart")
	require.Zero(t, len(r.Findings)-1)
	for source, verdict := range map[string][]string{
		"filer.example:/a": {"unknown"}, "filer:/a/deep": {"fail"}, "/dev/sdb1": {"fail"}, "filer:/a": nil,
	} {
		kind := map[bool]string{true: "nfs4", false: "xfs"}[strings.Contains(source, ":")]
		desk.o.Hosts[1] = deep(other, kind, source)
		var got []string
		for _, c := range desk.run(t, "live-shared-storage").Checks {
			if c.Host == "all hosts" {
				got = append(got, string(c.Verdict))
			}
		}
		require.Equal(t, verdict, got, source)
	}
	third := clock(data, 200)
	third.Host = "data3"
	desk.o.Hosts[1] = third
	requireOne(t, desk.run(t, "live-same-clock"), "live-same-clock", finding.Pass, "200ms apart")

	for _, text := range []string{"", "[]", "{}", `{"version":2,"host":"x"}`} {
		_, err := preflight.ReadHost([]byte(text))
		require.Error(t, err, text)
	}
}

// Each host is compared by the folder that its processes are started in, and not by that of
// the desk.
func TestSharedFolderOfEachHost(t *testing.T) {
	t.Parallel()
	s := newSetup(t, "druid.storage.type=local\ndruid.storage.storageDirectory=var/deep\n")
	hosts := []preflight.Host{s.gather(t, "data1", "data"), s.gather(t, "data2", "data")}
	for i, source := range []string{"filer:/a", "filer:/b"} {
		for j, a := range hosts[i].Answers {
			if strings.HasPrefix(a.Name, "folder ") && strings.HasSuffix(a.Name, "/var/deep") {
				a.Folder.Mount = facts.Mount{Kind: "nfs4", Source: source, Point: "/", Device: "0:1"}
				hosts[i].Answers[j] = a
			}
		}
	}
	desk := newSetup(t, "druid.storage.type=local\ndruid.storage.storageDirectory=var/deep\n")
	desk.o.Hosts, desk.o.Ask = hosts, nil
	require.Contains(t, strings.Join(rows(desk.run(t, "live-shared-storage"), "live-shared-storage"), "\n"), "fail deep storage: data1 on nfs4 filer:/a")
}

func TestChoose(t *testing.T) {
	t.Parallel()
	s := newSetup(t, "")
	s.run(t, "live-swap")
	target := targetOf(t, "druid-28")
	trees, err := conf.Open(t.Context(), filepath.Join(s.dir, "conf"), conf.Options{Target: &target})
	require.NoError(t, err)
	for name, o := range map[string]preflight.Options{
		`no check is called "live-swaps"; did you mean live-swap?`: {Only: []string{"live-swaps"}},
		"--skip leaves no check":                                   {Skip: []string{"live-*"}},
		`configures no "broker": write one of master, data`:        {Roles: []string{"broker"}},
	} {
		o.Tree, o.Ask, o.Timeout = trees[0], s.ask, time.Second
		_, err := preflight.Run(t.Context(), o)
		require.ErrorContains(t, err, name)
	}
}

// A comment hides what it names, and is no mistake to lint.
func TestSuppressed(t *testing.T) {
	t.Parallel()
	s := newSetup(t, "")
	s.files["conf/druid/_common/common.runtime.properties"] = "druid.extensions.loadList=[]\n# implycheck:ignore live-zk-connect, live-zk-session -- started later\ndruid.zk.service.host=127.0.0.1:1\n"
	r := s.run(t, "live-zk-connect", "live-zk-session")
	require.Zero(t, r.Failing)
	require.Len(t, r.Suppressed, 2)
	requireRow(t, r, "live-zk-connect", finding.Fail)
	s.noIgnores = true
	require.Equal(t, 2, s.run(t, "live-zk-connect", "live-zk-session").Failing)
}

func requireRow(t *testing.T, r *finding.Report, check string, v finding.Verdict) {
	t.Helper()
	require.Equal(t, v, one(t, r, check).Verdict)
}

// What a stranger has put in the place of an answer is none: nothing that he writes
// passes, ends the program, or gets onto the terminal.
func TestHostileHosts(t *testing.T) {
	t.Parallel()
	s := newSetup(t, "")
	s.run(t, "live-swap")
	good := s.gather(t, "data1", "data")
	for _, change := range []func(a *facts.Answer){
		func(a *facts.Answer) { *a = facts.Answer{Name: a.Name} },
		func(a *facts.Answer) { *a = facts.Answer{Name: a.Name, Dial: &facts.Dialed{}} },
		func(a *facts.Answer) { a.Milliseconds = -1 << 63 },
		func(a *facts.Answer) {
			*a = facts.Answer{Name: a.Name, Problem: &facts.Problem{Kind: "x", Text: "\x1b[31m" + strings.Repeat("x", 1<<20)}}
		},
	} {
		bad := good
		bad.Answers = append([]facts.Answer{}, good.Answers...)
		for i := range bad.Answers {
			change(&bad.Answers[i])
		}
		s.o.Hosts = []preflight.Host{bad}
		r := s.run(t)
		require.Greater(t, len(r.Checks), 10)
		if bad.Answers[0].Milliseconds >= 0 {
			for _, c := range r.Checks {
				require.NotEqual(t, finding.Pass, c.Verdict, "%s", c.Rule)
			}
		}
	}
}
