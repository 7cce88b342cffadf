using System.Collections.Immutable;
using CoAgent.Runtime.Catalog.Execution;
using CoAgent.Runtime.Catalog.Folder;
using CoAgent.Runtime.Tools;
using CoAgent.ToolSmith.Promotion;
using CoAgent.ToolSmith.Rules;
using CoAgent.ToolSmith.Sandboxing;
using CoAgent.ToolSmith.Tests.Support;
using CoAgent.Workspace.Databases;
using CoAgent.Workspace.Foreign;

namespace CoAgent.ToolSmith.Tests.Promotion;

/// <summary>A workspace on disk whose catalog grows: with the shipped rules, and tried in this machine's best sandbox.</summary>
internal sealed class GrowingGround : IDisposable
{
    private readonly string _place = Directory.CreateTempSubdirectory("coagent-growing-").FullName;

    public GrowingGround(bool hasSandbox = true, ICommandAnalyst? analyst = null)
    {
        Root = Directory.CreateDirectory(Path.Combine(_place, "root")).FullName;
        Folders = new CatalogFolders(Shipped: null, Path.Combine(_place, "tools-catalog"));
        Ground = new GrowthGround(Root, () => Folders, analyst ?? new CommandAnalyst(), new TreeFiles(Root), new FilePaths(), TimeProvider.System)
        {
            Support = _ => hasSandbox ? Sandboxes.BestAsync() : Task.FromResult(SandboxSupport.CopyOnly("a test asks for it")),
            Profile = static (server, subject, calls, programs, contents) => new ManifestProfiles(new ExecutionPorts(
                calls, programs, new FilePaths(), [new FileToolState(contents), new DatabaseState(contents)], contents, TimeProvider.System))
                .Create(server, subject.Profile, subject.Tools),
            SurveyFile = Path.Combine(_place, "survey.json"),
        };
        Catalog = GrowingCatalog.Create(Ground);
    }

    public string Root { get; }

    public CatalogFolders Folders { get; }

    public GrowthGround Ground { get; }

    public GrowingCatalog Catalog { get; private set; }

    public CatalogSnapshot Now => ToolCatalog.Read(Folders);

    public void Write(string name, string content)
    {
        var path = Path.Combine(Root, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
    }

    /// <summary>As if each line had been run with success, one after the other; the tree stays as it is.</summary>
    public async Task<GrowthStep> RunAsync(params string[] lines)
    {
        var step = new GrowthStep([], [], [], TimeSpan.Zero);
        foreach (var line in lines)
        {
            step = Catalog.Look(line, Root) is { } seen
                ? await Catalog.LearnAsync(seen, exitCode: 0, CancellationToken.None)
                : new GrowthStep([], [], ["nothing can be learned of it"], TimeSpan.Zero);
        }

        return step;
    }

    /// <summary>As after a restart.</summary>
    public void Reopen()
    {
        Catalog.Dispose();
        Catalog = GrowingCatalog.Create(Ground);
    }

    public void Dispose()
    {
        Catalog.Dispose();
        Directory.Delete(_place, recursive: true);
    }
}
