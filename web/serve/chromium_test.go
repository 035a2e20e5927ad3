package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// browser is a headless Chromium, spoken to over a pipe in its own protocol.
type browser struct {
	t       *testing.T
	in      *os.File
	mutex   sync.Mutex
	last    int
	waiting map[int]chan message
	// asked are the addresses that pages and their workers asked for.
	asked []string
}

type message struct {
	ID        int                       `json:"id,omitempty"`
	SessionID string                    `json:"sessionId,omitempty"`
	Method    string                    `json:"method,omitempty"`
	Params    json.RawMessage           `json:"params,omitempty"`
	Result    json.RawMessage           `json:"result,omitempty"`
	Error     *struct{ Message string } `json:"error,omitempty"`
}

// newBrowser starts Chromium. Machines without it skip the test, unless they promise
// to have it.
func newBrowser(t *testing.T) *browser {
	program, err := exec.LookPath("chromium")
	if err != nil {
		if os.Getenv("IMPLYCHECK_BROWSER") != "" {
			t.Fatal("IMPLYCHECK_BROWSER is set, and there is no chromium")
		}
		t.Skip("there is no chromium to run the page in; on Debian: apt-get install chromium")
	}
	theirIn, in, err := os.Pipe()
	require.NoError(t, err)
	out, theirOut, err := os.Pipe()
	require.NoError(t, err)
	cmd := exec.Command(program, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
		"--disable-component-update", "--disable-sync", "--remote-debugging-pipe", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
		"--user-data-dir="+t.TempDir(), "about:blank")
	cmd.ExtraFiles = []*os.File{theirIn, theirOut} // 3 and 4
	cmd.WaitDelay = time.Second
	require.NoError(t, cmd.Start())
	theirIn.Close()
	theirOut.Close()
	b := &browser{t: t, in: in, waiting: map[int]chan message{}}
	go b.read(out)
	t.Cleanup(func() {
		_, _ = b.send("", "Browser.close", nil)
		in.Close()
		_ = cmd.Wait()
		out.Close()
	})
	return b
}

func (b *browser) read(out *os.File) {
	for r := bufio.NewReader(out); ; {
		data, err := r.ReadBytes(0)
		if err != nil {
			return
		}
		var m message
		if json.Unmarshal(data[:len(data)-1], &m) != nil {
			continue
		}
		b.mutex.Lock()
		if done := b.waiting[m.ID]; done != nil {
			delete(b.waiting, m.ID)
			done <- m
		}
		if m.Method == "Network.requestWillBeSent" {
			var p struct{ Request struct{ URL string } }
			_ = json.Unmarshal(m.Params, &p)
			b.asked = append(b.asked, p.Request.URL)
		}
		b.mutex.Unlock()
	}
}

// send sends a command and waits for its answer.
func (b *browser) send(session, method string, params any) (json.RawMessage, error) {
	if params == nil {
		params = struct{}{}
	}
	data, err := json.Marshal(params)
	if err != nil {
		return nil, err
	}
	done := make(chan message, 1)
	b.mutex.Lock()
	b.last++
	m := message{ID: b.last, SessionID: session, Method: method, Params: data}
	b.waiting[m.ID] = done
	data, err = json.Marshal(m)
	if err == nil {
		_, err = b.in.Write(append(data, 0))
	}
	b.mutex.Unlock()
	if err != nil {
		return nil, err
	}
	select {
	case m := <-done:
		if m.Error != nil {
			return nil, errors.New(method + ": " + m.Error.Message)
		}
		return m.Result, nil
	case <-time.After(time.Minute):
		return nil, errors.New(method + ": no answer within a minute")
	}
}

// tab is a page of the browser.
type tab struct {
	*browser
	session string
}

// visit opens an address and waits until the engine can be asked.
func (b *browser) visit(address string) *tab {
	var target struct{ TargetID string }
	b.must("", "Target.createTarget", map[string]any{"url": "about:blank"}, &target)
	var attached struct{ SessionID string }
	b.must("", "Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &attached)
	p := &tab{b, attached.SessionID}
	p.must(p.session, "Network.enable", nil, nil)
	p.must(p.session, "Page.navigate", map[string]any{"url": address}, nil)
	p.wait(`document.documentElement?.hasAttribute("data-ready")`)
	return p
}

func (b *browser) must(session, method string, params, result any) {
	b.t.Helper()
	data, err := b.send(session, method, params)
	require.NoError(b.t, err)
	if result != nil {
		require.NoError(b.t, json.Unmarshal(data, result))
	}
}

// eval runs a script, waits for its promise and reads its value.
func (p *tab) eval(script string, value any) {
	p.t.Helper()
	var answer struct {
		Result           struct{ Value json.RawMessage }
		ExceptionDetails *struct {
			Text      string
			Exception struct{ Description string }
		}
	}
	p.must(p.session, "Runtime.evaluate", map[string]any{"expression": script, "awaitPromise": true, "returnByValue": true}, &answer)
	if e := answer.ExceptionDetails; e != nil {
		p.t.Fatalf("%s: %s %s", script[:min(len(script), 200)], e.Text, e.Exception.Description)
	}
	if value != nil {
		require.NoError(p.t, json.Unmarshal(answer.Result.Value, value), script[:min(len(script), 200)])
	}
}

// wait waits until a script answers true.
func (p *tab) wait(script string) {
	p.t.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		var done bool
		if p.eval(fmt.Sprintf("Boolean(%s)", script), &done); done {
			return
		}
	}
	var text string
	p.eval("document.body.innerText", &text)
	p.t.Fatalf("not within a minute: %s\n%s", script, text)
}

// quoted is a value as JavaScript has it.
func quoted(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(data)
}
