-- Neovim as a client: findings of an unsaved buffer, an explanation, a completion.
-- Prints a line a fact; TestNeovim compares them.
local dir, bin = vim.env.IMPLYCHECK_DIR, vim.env.IMPLYCHECK_BIN
local function say(...) io.stdout:write(table.concat({...}, " ") .. "\n") end
local function rules(bufnr)
  local found = {}
  for _, d in ipairs(vim.diagnostic.get(bufnr)) do
    table.insert(found, (d.lnum + 1) .. ":" .. (d.col + 1) .. " " .. tostring(d.code or (d.user_data and d.user_data.lsp and d.user_data.lsp.code)))
  end
  table.sort(found)
  return table.concat(found, ", ")
end
local function has(bufnr, text)
  return vim.wait(10000, function() return rules(bufnr):find(text, 1, true) ~= nil end, 10)
end

vim.cmd("edit " .. dir .. "/conf/druid/broker/runtime.properties")
local bufnr = vim.api.nvim_get_current_buf()
say("filetype", vim.bo.filetype)
local id = vim.lsp.start_client({name = "implycheck", cmd = {bin, "lsp", "--target", "imply-3.0.19"}, root_dir = dir})
vim.lsp.buf_attach_client(bufnr, id)
vim.wait(10000, function() return vim.lsp.buf_get_clients(bufnr)[id] ~= nil and vim.lsp.get_client_by_id(id).initialized end, 10)

vim.api.nvim_buf_set_lines(bufnr, 0, 0, false, {"# 𝒳", "druid.processing.numThread=3"})
say("finds the wrong key", tostring(has(bufnr, "2:1 prop-unknown")))
vim.api.nvim_buf_set_text(bufnr, 1, 26, 1, 26, {"s"})
say("it goes with its reason", tostring(vim.wait(10000, function() return not rules(bufnr):find("prop-unknown", 1, true) end, 10)))

local function ask(method, extra)
  local params = {textDocument = {uri = vim.uri_from_bufnr(bufnr)}, position = {line = 1, character = 20}}
  local answers = vim.lsp.buf_request_sync(bufnr, method, vim.tbl_extend("force", params, extra or {}), 10000)
  return answers and answers[id] and answers[id].result
end
say("explains", tostring(ask("textDocument/hover").contents.value:find("druid.processing.numThreads", 1, true) ~= nil))
local labels = {}
for _, item in ipairs(ask("textDocument/completion").items) do labels[item.label] = true end
say("completes", tostring(labels["druid.processing.numThreads"]))
say("leads to", tostring(#ask("textDocument/references", {context = {includeDeclaration = true}})), "lines")
vim.lsp.stop_client(id)
say("has stopped", tostring(vim.wait(10000, function() return vim.lsp.get_client_by_id(id) == nil end, 10)))
vim.cmd("qa!")
