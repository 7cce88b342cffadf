using System.Buffers;
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json;
using CoAgent.Runtime.Catalog.Manifests;
using CoAgent.Runtime.Catalog.Templates;
using CoAgent.Runtime.Results;
using CoAgent.Runtime.Tools;

namespace CoAgent.Runtime.Catalog.Execution;

/// <summary>What the templates of one server's manifests are filled from, beside what steps save.</summary>
internal sealed class CallValues(ForeignServer server, ProfileManifest profile, IFilePaths paths, ProfileValues values)
{
    /// <summary>How deep JSON may be nested.</summary>
    internal static readonly JsonDocumentOptions Deep = new() { MaxDepth = ResultText.LevelsMax };

    /// <summary>What relative paths start from.</summary>
    internal ImmutableArray<string> Directories { get; } = profile.Paths == PathOrigin.Arguments
        ? [.. Behind(server, profile).Where(static argument => !argument.StartsWith('-')).Select(argument => Full(server, argument))]
        : server.WorkingDirectory is { } directory ? [directory] : [];

    /// <summary>Why nobody here can tell what the server's paths mean (it runs in a container, say); null where somebody can.</summary>
    internal string? Elsewhere => profile.Paths == PathOrigin.Arguments && (Directories.IsEmpty || !Directories.All(Directory.Exists))
        ? "The directories that the server was started with are not on this machine."
        : null;

    /// <summary>The arguments of a call.</summary>
    internal static JsonElement ArgumentsOf(NamedCall call) => JsonElement.Parse(call.Request.ArgumentsUtf8.Span, Deep);

    /// <summary>The values for a call; made anew for each stage, because they remember where paths lead.</summary>
    /// <param name="manifest">Its tool's manifest.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="kept">What held when it was captured, for taking it back; null for what holds now.</param>
    internal TemplateValues Of(ToolManifest manifest, JsonElement arguments, KeptValues? kept = null) => new(arguments, paths, Directories)
    {
        ArgumentNames = kept is null ? manifest.ArgumentNames : kept.ArgumentNames,
        Reserved = [.. ReservedNames(manifest)],
        Profile = kept?.Profile ?? profile.Values
            .Select(one => (one.Key, Value: ValueOf(one.Value)))
            .Where(static one => one.Value is not null)
            .ToImmutableDictionary(static one => one.Key, static one => one.Value!.Value, StringComparer.Ordinal),
    };

    /// <summary>What a manifest gives its kind of state, filled in: an object; null where it cannot be filled in.</summary>
    internal JsonElement? FillAll(ToolManifest manifest, JsonElement arguments)
    {
        var given = Of(manifest, arguments);
        var output = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(output, new JsonWriterOptions { SkipValidation = true });
        writer.WriteStartObject();
        foreach (var (name, template) in manifest.With)
        {
            switch (template.Fill(given))
            {
                case ValueResult.Filled filled:
                    writer.WritePropertyName(name);
                    writer.WriteRawValue(filled.Utf8.Span, skipInputValidation: true);
                    break;
                case ValueResult.NotPossible:
                    return null;
            }
        }

        writer.WriteEndObject();
        writer.Flush();
        return JsonElement.Parse(output.WrittenSpan, Deep);
    }

    // What a step did not save, or a program did not answer, is absent: no argument takes its place.
    private IEnumerable<string> ReservedNames(ToolManifest manifest) => manifest.SavedNames
        .Concat(profile.Values.Where(static value => !value.Value.IsOverridable).Select(static value => value.Key));

    private JsonElement? ValueOf(ProfileValue value) => value switch
    {
        ProfileValue.Literal literal => literal.Value,
        ProfileValue.Environment variable => Text(server.Environment.GetValueOrDefault(variable.Variable)
            ?? Environment.GetEnvironmentVariable(variable.Variable) ?? variable.Default),
        ProfileValue.Argument argument => Text(Behind(server, profile).ElementAtOrDefault(argument.Index)),
        ProfileValue.Run run => Text(values.Ask(server, run)),
        _ => throw new InvalidOperationException("A value is one of four kinds."),
    };

    // What follows the package, or the program where the command names no package.
    private static IEnumerable<string> Behind(ForeignServer server, ProfileManifest profile)
    {
        var name = profile.Package is { } package ? package[(package.LastIndexOf('/') + 1)..] : profile.Profile;
        var at = server.Arguments.ToList().FindLastIndex(argument => argument.Contains(name, StringComparison.Ordinal));
        return server.Arguments.Skip(Math.Max(at, 0) + 1);
    }

    private static string Full(ForeignServer server, string argument)
    {
        var home = argument == "~" || argument.StartsWith("~/", StringComparison.Ordinal)
            ? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) + argument[1..]
            : argument;
        return Path.GetFullPath(home, server.WorkingDirectory ?? "/");
    }

    private static JsonElement? Text(string? text) => text is null ? null : JsonSerializer.SerializeToElement(text, JsonText.Default.String);
}

/// <summary>What the templates of an inverse were given when its call was captured: they are given the same when it runs, also by another daemon.</summary>
/// <param name="ArgumentNames">The names of the arguments that the tool took; null where nobody knew them.</param>
/// <param name="Profile">The values of the profile that its inverse and guard name, as far as they were to be had.</param>
internal sealed record KeptValues(ImmutableHashSet<string>? ArgumentNames, ImmutableDictionary<string, JsonElement> Profile)
{
    /// <summary>What is kept of the values of a call.</summary>
    internal static KeptValues Of(ToolManifest manifest, TemplateValues values)
    {
        var named = (manifest.Reverse?.Guard ?? []).Concat(manifest.Reverse?.Steps ?? []).SelectMany(static step => step.Names)
            .ToHashSet(StringComparer.Ordinal);
        return new KeptValues(values.ArgumentNames, values.Profile.Where(value => named.Contains(value.Key)).ToImmutableDictionary(StringComparer.Ordinal));
    }
}

/// <summary>What programs say for the values of profiles; asked once for a server.</summary>
internal sealed class ProfileValues(IProgramRunner programs)
{
    private readonly ConcurrentDictionary<(ForeignServer Server, string Command), Lazy<string?>> _known = new();

    /// <summary>What the program prints, without the line's end; null where it fails. The first who asks waits for it.</summary>
    internal string? Ask(ForeignServer server, ProfileValue.Run run) =>
        _known.GetOrAdd(
            (server, string.Join('\0', run.Arguments)),
            _ => new Lazy<string?>(() => RunAsync(server, run).GetAwaiter().GetResult())).Value;

    private async Task<string?> RunAsync(ForeignServer server, ProfileValue.Run run)
    {
        var start = new ProgramStart(run.Arguments, server.WorkingDirectory ?? Path.GetTempPath(), server.Environment)
        {
            Timeout = ExecutionLimits.ProgramTimeout,
            OutputBytesMax = ExecutionLimits.ResultBytesMax,
        };
        var end = await programs.RunAsync(start, CancellationToken.None).ConfigureAwait(false);
        return end is ProgramEnd.Exited { ExitCode: 0 } done
            ? System.Text.Encoding.UTF8.GetString(done.Output.Span).TrimEnd('\n', '\r')
            : null;
    }
}
