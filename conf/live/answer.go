package live

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Recorded answers from what was recorded, by address; anything else is not found.
func Recorded(answers map[string]string) Access {
	return Access{Ask: recorded(answers).ask}
}

// normal is JSON in an order of its own, one key a line. A few of Druid's answers are
// a bare word, such as the address of a leader.
func normal(data []byte, address string) ([]byte, error) {
	if strings.HasSuffix(address, "/leader") {
		return json.Marshal(string(bytes.TrimSpace(data)))
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, errors.New("what it answers is not JSON")
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("what it answers is not JSON")
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(value); err != nil {
		return nil, errors.New("what it answers is not JSON")
	}
	if out.Len() > maxAnswer {
		return nil, tooLong()
	}
	return out.Bytes(), nil
}

// maxAnswer is for the servers of a cluster; the properties of a process are some
// 20 KiB.
const maxAnswer = 8 << 20

// What a process answers with, as HTTP numbers it.
const (
	statusOK           = 200
	statusUnauthorized = 401
	statusForbidden    = 403
	statusNotFound     = 404
)

// unwanted says what is wrong with an answer that is HTTP, and is not taken.
type unwanted string

func (u unwanted) Error() string { return string(u) }

func tooLong() error {
	return unwanted(fmt.Sprintf("it answers with more than %d MiB", maxAnswer>>20))
}

// decode reads an answer; false where it is none, or one of other types.
func decode[T any](a *Answer) (value T, ok bool) {
	if !a.OK() {
		return value, false
	}
	err := json.Unmarshal(a.Data, &value)
	return value, err == nil
}

// field is the text of a field of an answer.
func field(a *Answer, name string) string {
	fields, _ := decode[map[string]json.RawMessage](a)
	var text string
	if json.Unmarshal(fields[name], &text) != nil {
		return ""
	}
	return text
}

// property is a property that a process has answered.
func property(a *Answer, key string) string { return field(a, key) }

// roleOf is which process it is, by the command that started it.
func roleOf(properties *Answer) string {
	words := strings.Fields(property(properties, "sun.java.command"))
	for i, word := range words {
		if word != "server" || i+1 == len(words) {
			continue
		}
		for _, role := range roles {
			if words[i+1] == role {
				return role
			}
		}
	}
	return ""
}

// recorded answers by address.
type recorded map[string]string

func (r recorded) ask(_ context.Context, address string) Answer {
	a := Answer{URL: address, Status: statusNotFound}
	text, ok := r[address]
	if !ok {
		a.Problem = "it answers with status 404"
		return a
	}
	if code, err := strconv.Atoi(strings.TrimSpace(text)); err == nil {
		a.Status, a.Problem = code, fmt.Sprintf("it answers with status %d", code)
		return a
	}
	a.Status = statusOK
	if strings.TrimSpace(text) == "" {
		return a
	}
	data, err := normal([]byte(text), address)
	if a.Data = data; err != nil {
		a.Problem = err.Error()
	}
	return a
}
