package lsp

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

const (
	// maxMessage is more than any message has: a file has 4 MiB at most, and JSON
	// may write a character as six.
	maxMessage = 32 << 20
	// maxHeader bounds a line of a header, and maxHeaders their number.
	maxHeader  = 4 << 10
	maxHeaders = 32
)

// incoming is a message, or why there is none.
type incoming struct {
	message *message
	// wrong is what is wrong with what was read; the stream goes on behind it.
	wrong *rpcError
	// end is why there is nothing more to come.
	end error
}

// message is a request, a notification or a response.
type message struct {
	Version string          `json:"jsonrpc"`
	ID      json.RawMessage `json:"id,omitempty"`
	Method  string          `json:"method,omitempty"`
	Params  json.RawMessage `json:"params,omitempty"`
}

// read hands on what a client writes, until the stream or the context ends.
func read(ctx context.Context, in io.Reader, to chan<- incoming) {
	r := bufio.NewReaderSize(in, maxHeader)
	for {
		next := readMessage(r)
		select {
		case to <- next:
		case <-ctx.Done():
			return
		}
		if next.end != nil {
			return
		}
	}
}

func readMessage(r *bufio.Reader) incoming {
	length, err := readHeader(r)
	switch {
	case err != nil:
		return incoming{end: err}
	case length < 0:
		return incoming{wrong: &rpcError{invalidRequest, "the header has no Content-Length that is a number"}}
	case length > maxMessage:
		if _, err := io.CopyN(io.Discard, r, length); err != nil {
			return incoming{end: err}
		}
		return incoming{wrong: &rpcError{invalidRequest, fmt.Sprintf("the message has %d bytes, and %d are the most", length, maxMessage)}}
	}
	// What is said of the length need not be true: memory follows what comes.
	data, err := io.ReadAll(io.LimitReader(r, length))
	if err == nil && int64(len(data)) < length {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return incoming{end: err}
	}
	m := &message{}
	switch err := json.Unmarshal(data, m); {
	case err == nil:
		return incoming{message: m}
	case json.Valid(data):
		return incoming{wrong: &rpcError{invalidRequest, "the message is not a request of JSON-RPC 2.0"}}
	}
	return incoming{wrong: &rpcError{parseError, "the message is not JSON"}}
}

// readHeader reads up to the empty line, and answers the length of what follows;
// -1 if that is not said.
func readHeader(r *bufio.Reader) (length int64, err error) {
	length = -1
	for range maxHeaders {
		line, err := r.ReadSlice('\n')
		if err != nil {
			if errors.Is(err, bufio.ErrBufferFull) {
				err = fmt.Errorf("a line of the header has more than %d bytes", maxHeader)
			}
			return 0, err
		}
		text := strings.TrimRight(string(line), "\r\n")
		if text == "" {
			return length, nil
		}
		if name, value, ok := strings.Cut(text, ":"); ok && strings.EqualFold(name, "Content-Length") {
			if n, err := strconv.ParseInt(strings.TrimSpace(value), 10, 64); err == nil && n >= 0 {
				length = n
			}
		}
	}
	return 0, fmt.Errorf("a header has more than %d lines", maxHeaders)
}

// The codes of errors.
const (
	parseError       = -32700
	invalidRequest   = -32600
	methodNotFound   = -32601
	invalidParams    = -32602
	internalError    = -32603
	notInitialized   = -32002
	requestCancelled = -32800
)

type rpcError struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
}

func (e *rpcError) Error() string { return e.Message }

// writer writes messages. What could not be written is said once, by err.
type writer struct {
	out io.Writer
	err error
}

func (w *writer) send(m any) {
	data, err := json.Marshal(m)
	if err == nil && w.err == nil {
		_, err = fmt.Fprintf(w.out, "Content-Length: %d\r\n\r\n%s", len(data), data)
	}
	if w.err == nil {
		w.err = err
	}
}

func (w *writer) notify(method string, params any) {
	w.send(struct {
		Version string `json:"jsonrpc"`
		Method  string `json:"method"`
		Params  any    `json:"params"`
	}{"2.0", method, params})
}

func (w *writer) request(id, method string, params any) {
	w.send(struct {
		Version string `json:"jsonrpc"`
		ID      string `json:"id"`
		Method  string `json:"method"`
		Params  any    `json:"params"`
	}{"2.0", id, method, params})
}

// null is the id of an answer to what cannot be told apart.
var null = json.RawMessage("null")

func (w *writer) answer(id json.RawMessage, result any, err *rpcError) {
	if err != nil {
		w.send(struct {
			Version string          `json:"jsonrpc"`
			ID      json.RawMessage `json:"id"`
			Error   *rpcError       `json:"error"`
		}{"2.0", id, err})
		return
	}
	w.send(struct {
		Version string          `json:"jsonrpc"`
		ID      json.RawMessage `json:"id"`
		Result  any             `json:"result"`
	}{"2.0", id, result})
}
