using System.Collections.Immutable;
using CoAgent.Protocol;
using CoAgent.Runtime.Catalog.Folder;
using CoAgent.Runtime.Tools;
using CoAgent.ToolSmith.Drafting;
using CoAgent.ToolSmith.Sandboxing;
using CoAgent.ToolSmith.Survey;
using CoAgent.ToolSmith.Verification;

namespace CoAgent.ToolSmith.Promotion;

/// <summary>A catalog that grows by what is done: commands that come again become tools (catalog.md, "ToolSmith", 4 and 5).</summary>
/// <remarks>
/// (1) A line is looked at before it runs (<see cref="Look"/>): its pipelines, what the rules say of them, the small files they are about.
/// (2) When it has run it is counted by form (<see cref="LearnAsync"/>). (3) A form that is seen often, and that no tool covers, is generalized.
/// (4) The draft is tried by the laws. (5) It is put into the workspace's catalog: trusted, as a draft, or in quarantine with the evidence.
/// Nothing is ever run but in a sandbox. One line at a time is learned from; looking is for any thread.
/// </remarks>
public sealed class GrowingCatalog : IDisposable
{
    private readonly GrowthGround _ground;
    private readonly CatalogPlace _place;
    private readonly CommandLook _look;
    private readonly ToolDraft _draft;
    private readonly CommandSurvey _survey;
    private readonly SurveyFile? _file;
    private readonly SemaphoreSlim _learning = new(1, 1);
    private ImmutableSortedDictionary<string, GrownTool> _tools = ImmutableSortedDictionary.Create<string, GrownTool>(StringComparer.Ordinal);
    private Task<SandboxSupport>? _support;
    private TimeSpan _spent;

    private GrowingCatalog(GrowthGround ground)
    {
        _ground = ground;
        _place = new CatalogPlace(ground.Folders, ground.Time);
        _look = new CommandLook(ground.Root, ground.Analyst, ground.Files, ground.Environment);
        _draft = new ToolDraft(ground.Root, ground.Files, ground.Paths);
        _survey = new CommandSurvey(ground.Survey);
        _file = ground.SurveyFile is { } file ? new SurveyFile(file) : null;
        _file?.ReadInto(_survey);
    }

    /// <summary>Opens the catalog of a workspace.</summary>
    public static GrowingCatalog Create(GrowthGround ground) => new(ground);

    /// <summary>What was grown since it was opened.</summary>
    public ImmutableArray<GrownTool> Tools => [.. _tools.Values];

    /// <summary>Looks at a line before it runs.</summary>
    /// <param name="line">The line.</param>
    /// <param name="directory">The canonical path of the directory that it starts in: only what runs in the root is learned from.</param>
    public SeenCommand? Look(string line, string directory) =>
        directory == _ground.Root && _look.Look(line) is { } sight && (!sight.Units.IsEmpty || !sight.Effects.IsEmpty) ? sight : null;

    /// <summary>The offered tool that does what a line does; null where there is none.</summary>
    public string? Covering(string line) => CommandUnit.Of(line, new Shell.Parsing.ParseLimits()) is [var unit]
        ? _place.Covering(unit)?.Tool.Name.Tool
        : null;

    /// <summary>Learns from a line that has run.</summary>
    /// <param name="seen">What <see cref="Look"/> has seen.</param>
    /// <param name="exitCode">How it ended: from what has failed nothing is learned.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<GrowthStep> LearnAsync(SeenCommand seen, int exitCode, CancellationToken cancellationToken)
    {
        var began = _ground.Time.GetTimestamp();
        var step = new GrowthStep([], [], [], TimeSpan.Zero);
        await _learning.WaitAsync(cancellationToken);
        try
        {
            if (exitCode == 0 && seen is CommandSight sight)
            {
                foreach (var unit in sight.Units)
                {
                    step = await LearnOneAsync(unit, effect: null, step, cancellationToken);
                }

                foreach (var (unit, effect) in sight.Effects)
                {
                    step = await LearnOneAsync(unit, effect, step, cancellationToken);
                }

                _file?.Write(_survey);
            }

            var duration = _ground.Time.GetElapsedTime(began);
            _spent += duration;
            return step with { Duration = duration };
        }
        finally
        {
            _learning.Release();
        }
    }

    /// <summary>Makes a tool of a line that somebody asks for, whether it was seen before or not.</summary>
    /// <param name="line">The line.</param>
    /// <param name="isDryRun">Whether it is only drafted: not tried, and not written.</param>
    /// <param name="cancellationToken">Ends it.</param>
    internal async Task<Asked> AskAsync(string line, bool isDryRun, CancellationToken cancellationToken)
    {
        var sight = _look.Look(line);
        if (sight.Units.Length + sight.Effects.Length != 1)
        {
            return new Asked.NotPossible(sight.Units.IsEmpty && sight.Effects.IsEmpty
                ? sight.Refusals is [var refusal, ..] ? refusal : "the line is not one pipeline whose words are all known"
                : "the line does several things: ask for each");
        }

        var (unit, effect) = sight.Effects is [var known] ? (known.Unit, known.Effect) : (sight.Units[0], null);
        if (_place.Covering(unit.Unit) is { } covering)
        {
            return new Asked.Covered(covering.Tool, covering.Arguments);
        }

        await _learning.WaitAsync(cancellationToken);
        try
        {
            var examples = ExamplesWith(_survey.Find(unit.Form), unit);
            return DraftOf(examples, effect) switch
            {
                Drafted.NotPossible no => new Asked.NotPossible(no.Why),
                Drafted.Tool drafted when isDryRun => new Asked.Draft(drafted.Profile, drafted.Manifest),
                Drafted.Tool drafted => new Asked.Grown(await GrowAsync(drafted, unit.Form, cancellationToken), drafted.Manifest),
                var other => throw new InvalidOperationException($"There is no draft {other}."),
            };
        }
        finally
        {
            _learning.Release();
        }
    }

    /// <summary>How the catalog has grown.</summary>
    public GrowthReport Report() => new(_survey.SeenTotal, _survey.Forms.Length, Tools, _spent);

    /// <inheritdoc/>
    public void Dispose() => _learning.Dispose();

    private async Task<GrowthStep> LearnOneAsync(SeenUnit unit, KnownEffect? effect, GrowthStep step, CancellationToken cancellationToken)
    {
        var form = _survey.Note(unit);
        if (_place.Covering(unit.Unit) is { } covering)
        {
            return step with { Covered = step.Covered.Add(covering.Tool.Name.Tool) };
        }

        if (!_survey.IsWorthATool(form))
        {
            return step;
        }

        _survey.Put(form = form with { TriedWith = form.Examples.Length });
        switch (DraftOf(form.Examples, effect))
        {
            case Drafted.NotPossible no:
                _survey.Put(form with { Why = no.Why });
                return step with { Refused = step.Refused.Add($"{form.Form}: {no.Why}") };
            case Drafted.Tool drafted:
                var grown = await GrowAsync(drafted, form.Form, cancellationToken);
                return step with { Grown = step.Grown.Add(grown) };
            default:
                throw new InvalidOperationException("A tool is drafted or not.");
        }
    }

    private static ImmutableArray<SeenUnit> ExamplesWith(SurveyedForm? form, SeenUnit unit) =>
        form is null ? [unit] : [unit, .. form.Examples.Where(one => !one.Unit.Equals(unit.Unit))];

    private Drafted DraftOf(ImmutableArray<SeenUnit> examples, KnownEffect? effect) =>
        effect is null ? _draft.Of(examples) : EffectDraft.Of(effect, examples, _place, _look);

    private async Task<GrownTool> GrowAsync(Drafted.Tool drafted, string form, CancellationToken cancellationToken)
    {
        var known = _survey.Find(form) ?? new SurveyedForm(form);
        var manifest = drafted.Manifest with { Tool = _place.FreeName(drafted.Manifest, known.Tool) };
        var support = await (_support ??= _ground.Support(CancellationToken.None));
        var trial = new ToolTrial(new ManifestCheck(new TrialGround(support, _ground.Limits, _ground.Profile, _ground.Time)));
        var tried = support.Kind == SandboxKind.Copy
            ? TriedTool.Untried(SecondExample.AddTo(manifest), $"nothing is tried by itself where it cannot be isolated: {support.Missing}")
            : await trial.TryAsync(
                _place.ProfileOf(drafted.Profile), _place.Beside(drafted.Profile), SecondExample.AddTo(manifest), cancellationToken);
        var grown = Put(drafted, tried);
        _tools = _tools.SetItem($"{grown.Profile}/{grown.Name}", grown);
        _survey.Put(known with { Tool = grown.Status == GrownStatus.Quarantined ? null : grown.Name, Why = grown.Why });
        Invariant.Require(grown.Status != GrownStatus.Verified || grown.Why is null, "a verified tool has nothing against it");
        return grown;
    }

    private GrownTool Put(Drafted.Tool drafted, TriedTool tried)
    {
        var kind = KindOf(drafted.Nature);
        try
        {
            return _place.Put(drafted.Profile, tried, kind);
        }
        catch (CatalogException failure)
        {
            return new GrownTool(tried.Manifest.Tool, drafted.Profile, kind, GrownStatus.Draft) { ManifestFile = "", Why = failure.Message };
        }
    }

    private static GrownKind KindOf(UnitNature nature) => nature switch
    {
        UnitNature.SnapshotRead => GrownKind.SnapshotRead,
        UnitNature.LiveRead => GrownKind.LiveRead,
        UnitNature.Write => GrownKind.Write,
        _ => throw new ArgumentOutOfRangeException(nameof(nature)),
    };
}
