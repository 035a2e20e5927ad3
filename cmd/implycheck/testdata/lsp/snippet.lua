-- What Neovim 0.7 lacks of what editors/neovim/implycheck.lua uses, and a check of it.
vim.fs = vim.fs or {
  dirname = function(name) return vim.fn.fnamemodify(name, ":h") end,
  find = function() return {} end,
}
vim.lsp.start = vim.lsp.start or function(config)
  vim.lsp.buf_attach_client(0, vim.lsp.start_client(config))
end

function Check()
  vim.cmd("edit " .. vim.env.IMPLYCHECK_DIR .. "/conf/druid/broker/runtime.properties")
  vim.api.nvim_buf_set_lines(0, 0, 0, false, { "druid.processing.numMergeBuffer=2" })
  local found = vim.wait(10000, function()
    for _, d in ipairs(vim.diagnostic.get(0)) do
      if d.lnum == 0 and d.message:find("numMergeBuffer", 1, true) then return true end
    end
    return false
  end, 10)
  io.stdout:write("finds the wrong key " .. tostring(found) .. "\n")
  vim.cmd("qa!")
end
