namespace CoAgent.Trials.Support;

/// <summary>Where the repository and what was built from it are.</summary>
internal static class Repository
{
    /// <summary>The folder of the solution.</summary>
    public static string Root { get; } = FindRoot(AppContext.BaseDirectory);

    /// <summary>The fixture servers; started with <c>dotnet</c>.</summary>
    public static string FixtureAssembly { get; } = Built("CoAgent.Fixtures", "coagent-fixture.dll");

    /// <summary>The program under test; started with <c>dotnet</c>.</summary>
    public static string CoagentAssembly { get; } = Built("CoAgent.Cli", "coagent.dll");

    /// <summary>The trials that take a process of their own; started with <c>dotnet</c>.</summary>
    public static string TrialsAssembly { get; } = Built("CoAgent.Trials", "coagent-trials.dll");

    public static string NpmFolder { get; } = Path.Combine(Root, "tests", "npm");

    private static string FindRoot(string start)
    {
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "CoAgent.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No folder above {start} has CoAgent.sln; run the tests inside the repository.");
    }

    // Every project has its folder under artifacts/bin, and in it one folder for each configuration.
    private static string Built(string project, string assembly)
    {
        var configuration = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        var file = Path.Combine(Root, "artifacts", "bin", project, configuration, assembly);
        return File.Exists(file)
            ? file
            : throw new InvalidOperationException($"{file} is not there; run: dotnet build tests/CoAgent.EndToEnd.Tests");
    }
}
