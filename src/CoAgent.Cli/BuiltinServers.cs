using System.Collections.Concurrent;
using System.Text.Json;
using CoAgent.Proxy.Configuration;
using CoAgent.Runtime.Tools;
using CoAgent.Workspace;
using Microsoft.Extensions.Logging;

namespace CoAgent.Cli;

/// <summary>The servers that come with CoAgent; each is made when it is first needed.</summary>
internal sealed class BuiltinServers(TimeProvider time, ILoggerFactory loggers) : IBuiltinServers, IDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<BuiltinWorkspace>> _workspaces = new(StringComparer.Ordinal);

    public IBuiltinServer Get(string service, string root) => service == ServerDefinition.Builtin.Workspace
        ? _workspaces.GetOrAdd(root, directory => new Lazy<BuiltinWorkspace>(() => new BuiltinWorkspace(directory, time, loggers))).Value
        : throw new InvalidOperationException($"There is no built-in server '{service}'.");

    public void Dispose()
    {
        foreach (var workspace in _workspaces.Values.Where(static workspace => workspace.IsValueCreated))
        {
            workspace.Value.Dispose();
        }
    }

    private sealed class BuiltinWorkspace : IBuiltinServer, IDisposable
    {
        private const string Bash = "bash";

        private readonly WorkspaceTools _tools;
        private readonly WorkspaceServer _server;
        private readonly WorkspaceFootprint _footprint;

        public BuiltinWorkspace(string directory, TimeProvider time, ILoggerFactory loggers)
        {
            var root = new WorkspaceRoot(directory);
            _tools = new WorkspaceTools(root, new WorkspaceLimits(), time);
            _server = new WorkspaceServer(_tools, loggers);
            _footprint = new WorkspaceFootprint(root);
        }

        public Task RunAsync(Stream input, Stream output, CancellationToken cancellationToken) =>
            _server.RunAsync(input, output, cancellationToken);

        public ToolFootprint Bind(string tool, JsonElement arguments)
        {
            var bound = _footprint.Bind(tool, arguments);
            return new ToolFootprint(bound.Reads, bound.Writes, bound.Reversible) { IsErrorAnOutcome = tool == Bash };
        }

        public ToolDeclaration Declare(string tool, JsonElement arguments) => throw new NotSupportedException();

        public IToolWorld Effects => throw new NotSupportedException();

        public void Dispose() => _tools.Dispose();
    }
}
