namespace CoAgent.Benchmarks.Core;

/// <summary>
/// A made-up repository of C# files. Directories hold 5 to 24 files, one in a hundred 500, as generated code does; one
/// file in ten lies a level higher than the others.
/// </summary>
internal sealed class SourceTree
{
    /// <summary>A file that every resident reads.</summary>
    public const string HotFile = "file:/repo/README.md";

    private const int PartsPerModule = 100;

    private readonly List<string> directories = [];
    private readonly Random random;
    private int ownFiles;

    public SourceTree(int files, Random random)
    {
        this.random = random;
        var names = new List<string>(files);
        while (names.Count < files)
        {
            AddDirectory(names, files);
        }

        Files = [.. names];
        random.Shuffle(Files);
    }

    /// <summary>The objects' ids in no order: agents do not go through a repository by name.</summary>
    public string[] Files { get; }

    /// <summary>A file that nobody else names, in any of the directories.</summary>
    public string OwnFile() => $"{AnyDirectory()}/own{++ownFiles}.cs";

    /// <summary>What a call of that shape can be made on without a conflict.</summary>
    public string NameFor(CallShape shape) => shape switch
    {
        CallShape.Create => $"{OwnDirectory()}/new.cs",
        CallShape.HotRead => HotFile,
        _ => OwnFile(),
    };

    /// <summary>A directory that nobody else names, in any of the directories.</summary>
    public string OwnDirectory() => $"{AnyDirectory()}/own{++ownFiles}";

    private string AnyDirectory() => directories[random.Next(directories.Count)];

    private void AddDirectory(List<string> names, int files)
    {
        var part = directories.Count;
        var module = $"file:/repo/src/module{part / PartsPerModule}";
        var directory = $"{module}/part{part % PartsPerModule}";
        directories.Add(directory);
        var count = part % PartsPerModule == PartsPerModule - 1 ? 500 : random.Next(5, 25);
        for (var i = 0; i < count && names.Count < files; i++)
        {
            names.Add($"{(i % 10 == 0 ? module : directory)}/file{names.Count}.cs");
        }
    }
}
