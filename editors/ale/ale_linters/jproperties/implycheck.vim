" Vim with ALE, without the language server: copy this file to
" ~/.vim/ale_linters/jproperties/implycheck.vim. It lints the text that is not saved.
function! ImplycheckHandle(buffer, lines) abort
  let l:found = []
  for l:match in ale#util#GetMatches(a:lines, '\v^(.+):(\d+):(\d+): (error|warning|info): (.+) \[(.+)\]$')
    call add(l:found, {
    \ 'filename': l:match[1], 'lnum': l:match[2] + 0, 'col': l:match[3] + 0,
    \ 'type': toupper(l:match[4][0]), 'text': l:match[5], 'code': l:match[6],
    \})
  endfor
  return l:found
endfunction

call ale#linter#Define('jproperties', {
\ 'name': 'implycheck',
\ 'executable': 'implycheck',
\ 'command': '%e lint - --stdin-filename %s --format compact --exit-zero --verbose',
\ 'callback': 'ImplycheckHandle',
\})
