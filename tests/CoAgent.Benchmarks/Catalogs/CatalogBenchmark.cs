using System.Collections.Immutable;
using System.Diagnostics;
using System.Text.Json;
using CoAgent.Benchmarks.Measuring;
using CoAgent.Benchmarks.Processes;
using CoAgent.Benchmarks.Reports;
using CoAgent.Benchmarks.Rows;
using CoAgent.Runtime.Catalog.Binding;
using CoAgent.Runtime.Catalog.Manifests;
using CoAgent.Runtime.Catalog.Templates;
using CoAgent.Runtime.Tools;

namespace CoAgent.Benchmarks.Catalogs;

/// <summary>The catalog alone: the examples of every manifest that ships are bound in turn, by profile; the file system is not looked at.</summary>
internal static class CatalogBenchmark
{
    private const string ProfileFile = "profile.yaml";

    public static int Run(CatalogOptions options)
    {
        var table = new MarkdownTable("profile", "manifests", "calls", "bind µs", "bind bytes", "read a manifest µs");
        foreach (var folder in Directory.GetDirectories(Path.Combine(Publishing.FindRepository(), "tools-catalog")).Order(StringComparer.Ordinal))
        {
            if (File.Exists(Path.Combine(folder, ProfileFile)))
            {
                Add(table, folder, options);
            }
        }

        Console.WriteLine(table);
        return 0;
    }

    private static void Add(MarkdownTable table, string folder, CatalogOptions options)
    {
        var texts = Directory.GetFiles(folder, "*.yaml").Where(static file => Path.GetFileName(file) != ProfileFile).Select(File.ReadAllText).ToArray();
        var profile = ManifestReader.ReadProfile(ProfileFile, File.ReadAllText(Path.Combine(folder, ProfileFile))).Manifest
            ?? throw new NotMeasuredException($"the profile of {folder} has faults");
        var values = profile.Values.Keys.ToImmutableDictionary(static name => name, static _ => JsonElement.Parse("\"value\""), StringComparer.Ordinal);
        var calls = texts.Select(Read).SelectMany(static manifest =>
        {
            var binder = new FootprintBinder(manifest);
            return manifest.Examples.Select(example => (Binder: binder, example.Arguments));
        }).ToArray();
        var bind = Measure(options.Rounds, options.CallsPerRound, at =>
        {
            var (binder, arguments) = calls[at % calls.Length];
            return binder.Bind(new TemplateValues(arguments, NoFiles.Instance, ["/trial"]) { Profile = values });
        });
        var read = Measure(options.Rounds, options.CallsPerRound / 40, at => Read(texts[at % texts.Length]));
        table.Add(Path.GetFileName(folder), $"{texts.Length}", $"{calls.Length}", $"{bind.Microseconds:0.00}", $"{bind.Bytes:N0}", $"{read.Microseconds:N0}");
    }

    private static ToolManifest Read(string text) =>
        ManifestReader.ReadTool("manifest", text).Manifest ?? throw new NotMeasuredException("a manifest has faults");

    private static (double Microseconds, double Bytes) Measure(int rounds, int count, Func<int, object> work)
    {
        var microseconds = new List<double>();
        var bytes = new List<double>();
        for (var round = -1; round < rounds; round++)
        {
            var (began, allocated) = (Stopwatch.GetTimestamp(), GC.GetAllocatedBytesForCurrentThread());
            for (var at = 0; at < count; at++)
            {
                GC.KeepAlive(work(at));
            }

            if (round >= 0) // the first one warms up
            {
                bytes.Add((double)(GC.GetAllocatedBytesForCurrentThread() - allocated) / count);
                microseconds.Add(Stopwatch.GetElapsedTime(began).TotalMicroseconds / count);
            }
        }

        return (Statistics.Median(microseconds), Statistics.Median(bytes));
    }

    /// <summary>A tree without links in which everything is there: what looking at files costs is measured elsewhere.</summary>
    private sealed class NoFiles : IFilePaths
    {
        public static NoFiles Instance { get; } = new();

        public FilePath? Resolve(ImmutableArray<string> directories, string given) =>
            given.Length == 0 ? null : new FilePath(Path.GetFullPath(given, directories[0]), Exists: true, IsDirectory: false, [], []);
    }
}
