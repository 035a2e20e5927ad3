package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"github.com/implycheck/implycheck/preflight"
)

const (
	proberName = "implycheck-preflight"
	// proberGrace is how long the prober may take to tidy up behind its time.
	proberGrace = 3 * time.Second
)

// proberProgram is beside this program, or in the PATH.
func proberProgram() (string, error) {
	if own, err := os.Executable(); err == nil {
		if real, err := filepath.EvalSymlinks(own); err == nil {
			own = real
		}
		beside := filepath.Join(filepath.Dir(own), proberName)
		if info, err := os.Stat(beside); err == nil && info.Mode().IsRegular() {
			return beside, nil
		}
	}
	path, err := exec.LookPath(proberName)
	if err != nil {
		return "", fmt.Errorf("%s is neither in the folder of implycheck nor in the PATH: the packages contain both, on Linux", proberName)
	}
	return path, nil
}

// askProber starts the prober, hands it the questions, and hands on its answers. It
// comes back when the time is up even if the prober does not: a process that waits
// for a file system that hangs cannot be ended.
func askProber(ctx context.Context, r preflight.Request, answer func(preflight.Answer)) error {
	program, err := proberProgram()
	if err != nil {
		return err
	}
	questions, err := json.Marshal(r)
	if err != nil {
		return err
	}
	var complaint bytes.Buffer
	cmd := exec.Command(program)
	cmd.Stdin, cmd.Stderr = bytes.NewReader(questions), &complaint
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("%s: %w", program, err)
	}
	answered := 0
	answers, done := readAnswers(out), time.After(time.Duration(r.Seconds*float64(time.Second))+proberGrace)
	for {
		select {
		case a, more := <-answers:
			if more {
				answered++
				answer(a)
				continue
			}
			// What one that died has answered counts, and the rest is unknown.
			if err := cmd.Wait(); err != nil && ctx.Err() == nil && answered == 0 {
				return fmt.Errorf("%s: %w: %s", program, err, bytes.TrimSpace(complaint.Bytes()))
			}
			return ctx.Err()
		case <-ctx.Done():
			_ = cmd.Process.Signal(syscall.SIGTERM) // it takes away what it wrote
			return ctx.Err()
		case <-done:
			_ = cmd.Process.Kill()
			return nil
		}
	}
}

// readAnswers reads a line of JSON each.
func readAnswers(out io.Reader) <-chan preflight.Answer {
	answers := make(chan preflight.Answer)
	go func() {
		defer close(answers)
		decoder := json.NewDecoder(out)
		for {
			var a preflight.Answer
			if err := decoder.Decode(&a); err != nil {
				if !errors.Is(err, io.EOF) {
					_, _ = io.Copy(io.Discard, out)
				}
				return
			}
			answers <- a
		}
	}()
	return answers
}
