using CoAgent.Runtime.Catalog.Folder;
using CoAgent.Runtime.Tools;

namespace CoAgent.Tests.Catalog.Folder;

/// <summary>A catalog that ships and a workspace's, in folders of a test's own.</summary>
internal sealed class TwoCatalogs : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("coagent-catalog-");

    public TwoCatalogs()
    {
        Folders = new CatalogFolders(Directory.CreateDirectory(PathOf("shipped")).FullName, PathOf("workspace"));
    }

    public CatalogFolders Folders { get; }

    public WorkspaceCatalog Own => new(Folders.Workspace);

    public void Dispose() => _root.Delete(recursive: true);

    public CatalogSnapshot Read() => ToolCatalog.Read(Folders);

    /// <summary>Writes a file by its place below both: <c>workspace/p/a.yaml</c>.</summary>
    public void Write(string place, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(place))!);
        File.WriteAllText(PathOf(place), text);
    }

    public void Delete(string place) => File.Delete(PathOf(place));

    public string PathOf(string place) => Path.Combine(_root.FullName, place);

    /// <summary>A good manifest.</summary>
    public static string Manifest(string tool, string writes = "mcp:p/x") =>
        $"tool: {tool}\neffect: write\nfootprint:\n  writes: [ \"{writes}\" ]\nreverse:\n  steps:\n    - call: undo\n";

    /// <summary>A definition of a tool that takes these arguments.</summary>
    public static LockedDefinition Taking(string tool, params string[] arguments) => new(
        ToolDefinition.Of(System.Text.Json.JsonSerializer.SerializeToElement(new
        {
            name = tool,
            inputSchema = new { type = "object", properties = arguments.ToDictionary(static one => one, static _ => new { }) },
        })),
        "p 1");

    /// <summary>A definition of a tool.</summary>
    public static LockedDefinition Definition(string tool, string description = "D.") =>
        new(ToolDefinition.Of(System.Text.Json.JsonElement.Parse($$$"""{"name":"{{{tool}}}","description":"{{{description}}}","inputSchema":{"type":"object"}}""")), "p 1");

    public static ContentId Digest(string tool, string description = "D.") => Definition(tool, description).Definition.Digest;
}
