using System.Globalization;
using System.Text.Json;
using CoAgent.Trials.Agents;
using CoAgent.Trials.Files;
using CoAgent.Trials.Graphs;
using CoAgent.Trials.Support;

namespace CoAgent.Trials.Plays;

/// <summary>The servers that plays are played on.</summary>
public enum StageServer
{
    /// <summary>The built-in one.</summary>
    Workspace,

    /// <summary>npm <c>@modelcontextprotocol/server-filesystem</c>.</summary>
    Filesystem,

    /// <summary>npm <c>@modelcontextprotocol/server-memory</c>, which keeps a graph in one file.</summary>
    Memory,

    /// <summary>The built-in one, by agents that have <c>bash</c> and nothing else.</summary>
    Bash,
}

/// <summary>A daemon before one server, for plays one after the other: each in a folder, with names and ranks of its own.</summary>
internal sealed class Stage : IAsyncDisposable
{
    private const int RanksOfAPlay = 10;

    private readonly TestWorkspace workspace;
    private readonly NpmFolder npm;
    private readonly string tree;
    private int playCount;

    private Stage(StageServer server, string protocol, TestWorkspace workspace, NpmFolder npm)
    {
        (Server, Protocol, this.workspace, this.npm) = (server, protocol, workspace, npm);
        tree = Directory.CreateDirectory(workspace.PathOf("tree")).FullName;
        File.WriteAllText(Path.Combine(tree, FileWords.BeginName), "");
    }

    public StageServer Server { get; }

    /// <summary>The rules of coordination, as the configuration names them.</summary>
    public string Protocol { get; }

    public bool IsCoordinated => Protocol != "none";

    public TestWorkspace Workspace => workspace;

    /// <summary>The daemon that was started first.</summary>
    public TestDaemon Daemon { get; private set; } = null!;

    /// <summary>The file that makes the npm server's next answer be lost.</summary>
    public string WithholdFile => workspace.PathOf("withhold");

    /// <summary>Starts a daemon.</summary>
    /// <param name="server">The server.</param>
    /// <param name="protocol">The rules of coordination.</param>
    /// <param name="npm">Where the npm server is.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <param name="options">What is out of the ordinary.</param>
    public static async Task<Stage> OpenAsync(
        StageServer server, string protocol, NpmFolder npm, CancellationToken cancellationToken, StageOptions? options = null)
    {
        options ??= new StageOptions();
        var stage = new Stage(server, protocol, TestWorkspace.Empty(), npm);
        stage.Workspace.Configure(
            $$"""{"protocol":"{{protocol}}"{{options.Members}}}""",
            [("served", stage.EntryOfServer(options.LosesAnswers)), .. options.Others]);
        stage.Daemon = await stage.Workspace.ServeAsync(cancellationToken);
        return stage;
    }

    /// <summary>A new folder, and the ranks that come after those of the play before.</summary>
    public Scene NextScene()
    {
        var number = ++playCount;
        return new Scene(this, Words(tree, $"p{number}"), number * RanksOfAPlay);
    }

    /// <summary>A way to the tools for an agent with a rank.</summary>
    public AgentLine Connect(string agent, int rank, bool overHttp) => overHttp
        ? new HttpLine(workspace.Http($"/{agent}?rank={rank.ToString(CultureInfo.InvariantCulture)}"))
        : new StdioLine(workspace.Connect("--agent", agent, "--rank", $"{rank}"));

    /// <summary>A way to the same server over another directory, with nothing between.</summary>
    public AgentLine ConnectDirectly(string root) => Server switch
    {
        StageServer.Workspace or StageServer.Bash => new WorkspaceLine(root),
        StageServer.Filesystem => new StdioLine(RawStdioClient.Start(npm.Node, [npm.FilesystemServer, root])),
        _ => new StdioLine(new RawStdioClient(TestProcess.Start(
            npm.Node, [npm.MemoryServer], root, new Dictionary<string, string?> { [GraphWords.FileVariable] = GraphWords.FileIn(root) }))),
    };

    public FileWords Words(string root, string folder) => Server switch
    {
        StageServer.Workspace => new WorkspaceWords(root, folder),
        StageServer.Bash => new BashWords(root, folder),
        StageServer.Filesystem => new FilesystemWords(root, folder),
        _ => new GraphWords(root, folder),
    };

    /// <summary>Ends the daemon that runs, with no chance to say goodbye; who needs one starts another.</summary>
    public async Task KillDaemonAsync(CancellationToken cancellationToken)
    {
        if (workspace.FindDaemon() is { } running)
        {
            TestProcess.Kill(running.Pid);
            await TestProcess.WaitForEndOfAsync(running.Pid, cancellationToken);
        }
    }

    private string EntryOfServer(bool losesAnswers) => Server switch
    {
        StageServer.Workspace or StageServer.Bash => """{"builtin":"workspace","root":"tree"}""",
        StageServer.Memory => TestWorkspace.Entry(npm.Node, npm.MemoryServer)[..^1]
            + $$""","env":{"{{GraphWords.FileVariable}}":{{JsonSerializer.Serialize(GraphWords.FileIn(tree))}} } }""",
        _ when losesAnswers => TestWorkspace.Fixture("withhold", "--when", WithholdFile, npm.Node, npm.FilesystemServer, tree),
        _ => TestWorkspace.Entry(npm.Node, npm.FilesystemServer, tree),
    };

    public async ValueTask DisposeAsync()
    {
        await Daemon.DisposeAsync();
        await workspace.DisposeAsync();
    }
}

/// <summary>Where one play is played.</summary>
/// <param name="Stage">The stage.</param>
/// <param name="Words">The calls, in the play's folder.</param>
/// <param name="BaseRank">The ranks follow it.</param>
internal sealed record Scene(Stage Stage, FileWords Words, int BaseRank)
{
    /// <summary>The name of an agent, counted from 0.</summary>
    public string NameOf(int agent) => $"{Words.Folder}-{(char)('a' + agent)}";

    /// <summary>The rank of an agent, counted from 0.</summary>
    public int RankOf(int agent) => BaseRank + agent;
}

/// <summary>What is out of the ordinary on a stage.</summary>
internal sealed record StageOptions
{
    /// <summary>Further members of <c>coagent</c> in the configuration, each with a comma before it.</summary>
    public string Members { get; init; } = "";

    /// <summary>Further servers: name and entry of each.</summary>
    public IReadOnlyList<(string Name, string Entry)> Others { get; init; } = [];

    /// <summary>Whether answers of the npm server can be lost (<see cref="Stage.WithholdFile"/>).</summary>
    public bool LosesAnswers { get; init; }
}
