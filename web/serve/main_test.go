package main

import (
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestPolicy: the worker is held to what the page says of itself; the search of the
// documentation is a form, which the page has not.
func TestPolicy(t *testing.T) {
	answer := httptest.NewRecorder()
	pages("../page").ServeHTTP(answer, httptest.NewRequest("GET", "/worker.js", nil))
	require.Equal(t, 200, answer.Code)
	sent := strings.Split(answer.Header().Get("Content-Security-Policy"), "; ")
	page, err := os.ReadFile("../page/index.html")
	require.NoError(t, err)
	for _, directive := range strings.Split(string(regexp.MustCompile(`Content-Security-Policy" content="([^"]*)`).FindSubmatch(page)[1]), "; ") {
		require.True(t, slices.Contains(sent, directive) || directive == "form-action 'none'", directive)
	}
}
