;;; implycheck.el --- implycheck as a language server  -*- lexical-binding: t; -*-
;; Emacs 29, or an older one with the package eglot: load this file from init.el.

;;; Code:
(dolist (file '("jvm\\.config\\'" "main\\.config\\'" "zoo\\.cfg\\'"))
  (add-to-list 'auto-mode-alist (cons file 'conf-unix-mode)))

(with-eval-after-load 'eglot
  (add-to-list 'eglot-server-programs
               '((conf-javaprop-mode conf-unix-mode conf-mode) . ("implycheck" "lsp"))))

(dolist (hook '(conf-javaprop-mode-hook conf-unix-mode-hook))
  (add-hook hook
            (lambda ()
              (when (and buffer-file-name
                         (string-match-p "\\(runtime\\.properties\\|jvm\\.config\\|main\\.config\\|zoo\\.cfg\\)\\'" buffer-file-name))
                (require 'eglot)
                (eglot-ensure)))))

(provide 'implycheck)
;;; implycheck.el ends here
