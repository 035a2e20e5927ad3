package policy

import (
	"fmt"
	"strings"

	"cuelang.org/go/cue/scanner"
	"cuelang.org/go/cue/token"
)

// maxDepth is how many tokens may lie between the top of a file and its
// innermost: those before it in its element, in the element around that, and so
// on. CUE descends once for each bracket, label, operator and selector, and has
// no bound of its own.
const maxDepth = 5000

// level is what has been read within a pair of brackets.
type level struct {
	// tokens are those of the element at hand.
	tokens int
	// inString is set for an expression in a string, as in "\(x)".
	inString bool
}

// checkDepth refuses a file that is nested too deeply, before it is parsed.
func checkDepth(s source) error {
	var scan scanner.Scanner
	file := token.NewFile(s.Path, -1, len(s.Data))
	scan.Init(file, s.Data, nil, 0)
	levels, depth, inString := []level{{}}, 0, false
	for {
		pos, tok, _ := scan.Scan()
		if tok == token.EOF {
			return nil
		}
		top := &levels[len(levels)-1]
		top.tokens++
		if depth++; depth > maxDepth {
			return &mistake{position(pos), fmt.Sprintf("it is nested more than %d levels deep here", maxDepth)}
		}
		switch tok {
		case token.INTERPOLATION:
			inString = true
		case token.LPAREN, token.LBRACK, token.LBRACE:
			levels = append(levels, level{inString: inString})
			inString = false
		case token.COMMA:
			depth, top.tokens = depth-top.tokens, 0
		case token.RPAREN, token.RBRACK, token.RBRACE:
			if len(levels) == 1 {
				continue // a mistake for the parser
			}
			depth -= top.tokens
			levels = levels[:len(levels)-1]
			if top.inString {
				inString = strings.HasSuffix(scan.ResumeInterpolation(), "(")
			}
		}
	}
}
