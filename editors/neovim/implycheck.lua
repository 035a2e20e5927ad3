-- Neovim 0.8 or later: copy this file to ~/.config/nvim/plugin/implycheck.lua.
local patterns = {
  "*.properties", "jvm.config", "main.config", "zoo.cfg", "*/supervise/*.conf", "*/pivot/config.yaml",
  "*compose*.yml", "*compose*.yaml", "environment", "values*.yaml", "*/templates/*.yaml",
}

vim.api.nvim_create_autocmd({ "BufReadPost", "BufNewFile" }, {
  group = vim.api.nvim_create_augroup("implycheck", { clear = true }),
  pattern = patterns,
  callback = function(event)
    -- The folder that is checked as a whole; without one, the tree around the file is.
    local markers = vim.fs.find({ ".implycheck.yaml", ".git" }, { upward = true, path = vim.fs.dirname(event.match) })
    vim.lsp.start({
      name = "implycheck",
      cmd = { "implycheck", "lsp" }, -- add for example "--target", "imply-3.0.19"
      root_dir = markers[1] and vim.fs.dirname(markers[1]) or nil,
    })
  end,
})
