package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/report"
	"github.com/implycheck/implycheck/rules"
)

// questions shows fixes and reads what is to become of them. They go to standard
// error: standard output has the report.
type questions struct {
	answers  *bufio.Reader
	screen   io.Writer
	options  report.Options
	number   int
	all, end bool
}

func newQuestions(cmd *cobra.Command) *questions {
	screen := report.Raw(cmd.ErrOrStderr())
	width, color := report.Screen(screen)
	return &questions{answers: bufio.NewReader(cmd.InOrStdin()), screen: report.NewConsole(screen), options: report.Options{Width: width, Color: color}}
}

const prompt = "Make this change? y: yes, n: no, a: this and all that follow, q: none any more [y/n/a/q] "

// ask shows a fix until it gets an answer.
func (q *questions) ask(t *conf.Tree, f finding.Finding) (bool, error) {
	if q.all || q.end {
		return q.all, nil
	}
	q.number++
	if err := report.Offer(q.screen, q.number, rules.Hide(t, f), q.options); err != nil {
		return false, err
	}
	for {
		fmt.Fprint(q.screen, prompt)
		line, err := q.answers.ReadString('\n')
		switch answer := strings.ToLower(strings.TrimSpace(line)); {
		case answer == "y" || answer == "yes":
			return true, nil
		case answer == "n" || answer == "no":
			return false, nil
		case answer == "a" || answer == "all":
			q.all = true
			return true, nil
		case answer == "q" || answer == "quit":
			q.end = true
			return false, nil
		case err != nil:
			fmt.Fprintln(q.screen)
			if errors.Is(err, io.EOF) || errors.Is(err, os.ErrClosed) {
				err = errors.New("standard input ended before the last answer")
			}
			return false, fmt.Errorf("%w; nothing was written", err)
		}
	}
}
