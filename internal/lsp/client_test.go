package lsp

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"github.com/implycheck/implycheck/lint"
)

// patience is how long a test waits for what must come.
const patience = 20 * time.Second

// client is an editor, as far as a test needs one.
type client struct {
	t    testing.TB
	in   io.WriteCloser
	done chan error
	next int

	mutex sync.Mutex
	news  *sync.Cond
	// diagnostics are the last that came, by file, and with which version.
	diagnostics map[string]diagnosticsParams
	counts      map[string]int
	answers     map[string]reply
	others      []message // requests and notifications of other kinds
}

type reply struct {
	ID     json.RawMessage `json:"id"`
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
	Result json.RawMessage `json:"result"`
	Error  *rpcError       `json:"error"`
}

// newClient starts a server.
func newClient(t testing.TB, o lint.Options) *client { return newClientOf(t, Options{Lint: o}) }

func newClientOf(t testing.TB, o Options) *client {
	clientIn, serverOut := io.Pipe()
	serverIn, clientOut := io.Pipe()
	c := &client{t: t, in: clientOut, done: make(chan error, 1), diagnostics: map[string]diagnosticsParams{}, counts: map[string]int{}, answers: map[string]reply{}}
	c.news = sync.NewCond(&c.mutex)
	ctx := t.Context()
	go func() {
		err := Serve(ctx, serverIn, serverOut, o)
		_ = serverIn.Close()
		c.done <- err
		_ = serverOut.Close()
	}()
	go c.listen(bufio.NewReader(clientIn))
	t.Cleanup(func() { _ = clientOut.Close() })
	return c
}

func (c *client) listen(r *bufio.Reader) {
	for {
		length, err := readHeader(r)
		if err != nil {
			return
		}
		data := make([]byte, length)
		if _, err := io.ReadFull(r, data); err != nil {
			return
		}
		var m reply
		if err := json.Unmarshal(data, &m); err != nil {
			c.t.Errorf("not JSON: %s", data)
			return
		}
		c.take(m)
	}
}

func (c *client) take(m reply) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	defer c.news.Broadcast()
	switch {
	case m.Method == "textDocument/publishDiagnostics":
		var p diagnosticsParams
		if err := json.Unmarshal(m.Params, &p); err != nil {
			c.t.Error(err)
		}
		name, _ := pathOf(p.URI)
		c.diagnostics[name] = p
		c.counts[name]++
	case m.Method != "":
		c.others = append(c.others, message{ID: m.ID, Method: m.Method, Params: m.Params})
	default:
		c.answers[string(m.ID)] = m
	}
}

// until waits for a condition, which is asked with the mutex held.
func (c *client) until(what string, done func() bool) {
	c.t.Helper()
	timeout := time.AfterFunc(patience, c.news.Broadcast)
	defer timeout.Stop()
	begun := time.Now()
	c.mutex.Lock()
	defer c.mutex.Unlock()
	for !done() {
		if time.Since(begun) > patience {
			c.t.Fatalf("%s did not come", what)
		}
		c.news.Wait()
	}
}

func (c *client) write(text string) {
	_, err := io.WriteString(c.in, fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(text), text))
	require.NoError(c.t, err)
}

func (c *client) notify(method string, params any) {
	data, err := json.Marshal(map[string]any{"jsonrpc": "2.0", "method": method, "params": params})
	require.NoError(c.t, err)
	c.write(string(data))
}

// begin sends a request, and answers its id.
func (c *client) begin(method string, params any) string {
	c.next++
	data, err := json.Marshal(map[string]any{"jsonrpc": "2.0", "id": c.next, "method": method, "params": params})
	require.NoError(c.t, err)
	c.write(string(data))
	return fmt.Sprint(c.next)
}

func (c *client) answer(id string) reply {
	c.t.Helper()
	c.until("the answer to "+id, func() bool { _, ok := c.answers[id]; return ok })
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.answers[id]
}

// call asks, and reads the result.
func (c *client) call(method string, params, result any) {
	c.t.Helper()
	r := c.answer(c.begin(method, params))
	require.Nil(c.t, r.Error, method)
	require.NoError(c.t, json.Unmarshal(r.Result, result))
}

func (c *client) initialize(folders ...string) {
	c.t.Helper()
	var list []workspaceFolder
	for _, f := range folders {
		list = append(list, workspaceFolder{uriOf(f)})
	}
	var result struct{ Capabilities capabilities }
	c.call("initialize", map[string]any{"workspaceFolders": list, "capabilities": map[string]any{}}, &result)
	require.Equal(c.t, incremental, result.Capabilities.TextDocumentSync.Change)
	c.notify("initialized", struct{}{})
}

func (c *client) open(name string, version int, text string) {
	c.notify("textDocument/didOpen", map[string]any{"textDocument": textDocument{uriOf(name), version, text}})
}

func (c *client) change(name string, version int, changes ...change) {
	c.notify("textDocument/didChange", changeParams{textDocument{URI: uriOf(name), Version: version}, changes})
}

func (c *client) close(name string) {
	c.notify("textDocument/didClose", documentParams{TextDocument: textDocument{URI: uriOf(name)}})
}

// at are the diagnostics of a file as line:column-column rule; they are those of
// a version, if it is more than 0.
func (c *client) at(name string, version int) []string {
	c.t.Helper()
	c.until(fmt.Sprintf("diagnostics of version %d of %s", version, name), func() bool {
		p, ok := c.diagnostics[name]
		return ok && (version == 0 || p.Version != nil && *p.Version >= version)
	})
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return places(c.diagnostics[name].Diagnostics)
}

func places(list []diagnostic) []string {
	found := []string{}
	for _, d := range list {
		found = append(found, fmt.Sprintf("%d:%d-%d %s", d.Range.Start.Line, d.Range.Start.Character, d.Range.End.Character, d.Code))
	}
	return found
}

// leave shuts the server down.
func (c *client) leave() {
	c.t.Helper()
	require.Nil(c.t, c.answer(c.begin("shutdown", nil)).Error)
	c.notify("exit", nil)
	require.NoError(c.t, <-c.done)
}

// lay writes an archive of files into a folder of its own.
func lay(t testing.TB, archive string) string {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	for _, f := range txtar.Parse([]byte(archive)).Files {
		name := filepath.Join(dir, filepath.FromSlash(f.Name))
		require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o755))
		require.NoError(t, os.WriteFile(name, f.Data, 0o644))
	}
	return dir
}

// cluster is a small one, with an unknown key.
const cluster = `
-- conf/druid/_common/common.runtime.properties --
druid.zk.service.host=zk1:2181,zk2:2181,zk3:2181
druid.extensions.loadList=["druid-kafka-indexing-service"]
-- conf/druid/broker/runtime.properties --
druid.service=druid/broker
druid.plaintextPort=8082
druid.processing.buffer.sizeBytes=536870912
druid.processing.numThreads=3
druid.processing.numMergeBuffers=2
-- conf/druid/broker/jvm.config --
-server
-Xms4g
-Xmx4g
-XX:MaxDirectMemorySize=4g
-Duser.timezone=UTC
-Dfile.encoding=UTF-8
-- conf/druid/historical/runtime.properties --
druid.service=druid/historical
druid.plaintextPort=8083
druid.processing.buffer.sizeBytes=536870912
druid.processing.numThreads=3
druid.processing.numMergeBuffers=2
-- conf/druid/historical/jvm.config --
-server
-Xms4g
-Xmx4g
-XX:MaxDirectMemorySize=2g
-Duser.timezone=UTC
-Dfile.encoding=UTF-8
`
