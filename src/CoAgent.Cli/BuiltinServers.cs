using System.Collections.Concurrent;
using System.Text.Json;
using CoAgent.Proxy.Configuration;
using CoAgent.Runtime.Tools;
using CoAgent.Workspace;
using CoAgent.Workspace.Databases;
using CoAgent.Workspace.Effects;
using CoAgent.Workspace.Foreign;
using Microsoft.Extensions.Logging;

namespace CoAgent.Cli;

/// <summary>The servers that come with CoAgent; each is made when it is first needed.</summary>
/// <param name="time">The clock.</param>
/// <param name="loggers">Where they log.</param>
/// <param name="analyst">What is known of commands before they run; null where nothing is.</param>
internal sealed class BuiltinServers(TimeProvider time, ILoggerFactory loggers, ICommandAnalyst? analyst) : IBuiltinServers, IDisposable
{
    private readonly LateContents _contents = new();
    private readonly LateToolProfiles _profiles = new();
    private readonly ConcurrentDictionary<string, Lazy<BuiltinWorkspace>> _workspaces = new(StringComparer.Ordinal);

    public IBuiltinServer Get(string service, string root) => service == ServerDefinition.Builtin.Workspace
        ? _workspaces.GetOrAdd(root, directory => new Lazy<BuiltinWorkspace>(() => new BuiltinWorkspace(directory, _contents, _profiles, time, loggers, analyst))).Value
        : throw new InvalidOperationException($"There is no built-in server '{service}'.");

    /// <summary>What is captured of other servers' tools from outside; contents are found again in the same place.</summary>
    public ToolStates States => field ??= new ToolStates(new FilePaths(), [new FileToolState(_contents), new DatabaseState(_contents)]);

    public void UseContents(IContentSource contents) => _contents.Use(contents);

    public void UseProfiles(IToolProfiles profiles) => _profiles.Use(profiles);

    public void Dispose()
    {
        foreach (var workspace in _workspaces.Values.Where(static workspace => workspace.IsValueCreated))
        {
            workspace.Value.Dispose();
        }
    }

    private sealed class BuiltinWorkspace : IBuiltinServer, IDisposable
    {
        private readonly WorkspaceTools _tools;
        private readonly WorkspaceServer _server;
        private readonly WorkspaceEffects _effects;

        public BuiltinWorkspace(
            string directory, IContentSource contents, IToolProfiles profiles, TimeProvider time, ILoggerFactory loggers, ICommandAnalyst? analyst)
        {
            var root = new WorkspaceRoot(directory);
            _tools = new WorkspaceTools(root, new WorkspaceLimits(), time);
            _server = new WorkspaceServer(_tools, loggers);
            _effects = new WorkspaceEffects(_tools, contents, analyst, profiles);
        }

        public Task RunAsync(Stream input, Stream output, CancellationToken cancellationToken) =>
            _server.RunAsync(input, output, cancellationToken);

        public ValueTask<ToolDeclaration> DeclareAsync(
            string tool, JsonElement arguments, bool mayTry, CancellationToken cancellationToken) =>
            _effects.DeclareAsync(tool, arguments, mayTry, cancellationToken);

        public IToolWorld Effects => _effects;

        public void Dispose()
        {
            _effects.Dispose();
            _tools.Dispose();
        }
    }
}
