// SPDX-License-Identifier: Apache-2.0
// One run beside the list, to look through many of them: state, figures, error and the beginning of the answer.
import { answerText } from '../../format/answer';
import { duration, durationExact } from '../../format/duration';
import { count, rate } from '../../format/number';
import { dateTime } from '../../format/time';
import { run } from '../../state/resources';
import { useZone } from '../../state/settings';
import { useStore } from '../../state/store';
import { Link } from '../../ui/link';
import { Loaded, Panel, Skeleton } from '../../ui/panel';
import { whyNone } from '../../ui/run_table';
import { State, Value } from '../../ui/state';

const EXCERPT = 1200;

export function Preview({ id, name, carry, close }: { id: number; name: string; carry: URLSearchParams; close: () => void }) {
  const zone = useZone();
  const store = run.of(id);
  const state = useStore(store);
  return (
    <div class="preview" role="complementary" aria-label="Preview">
      <Panel title={`Run ${id}`} label={`Preview of run ${id}`} actions={<><Link to={`/runs/${id}`} params={carry}>Open</Link><button type="button" class="ghost icon" aria-label="Close the preview" onClick={close}>×</button></>}>
        <Loaded from={state} retry={() => void store.refresh()} skeleton={<Skeleton rows={8} />}>
          {(r) => {
            const answer = answerText(r.response_json);
            return (
              <div class="pad">
                <p class="row"><State status={r.status} /><span class="note">{dateTime(r.created_at, zone)}</span></p>
                <p>{name}</p>
                {r.error && r.status !== 'completed' && <p class="error">{r.error}</p>}
                <dl class="pairs one">
                  <div><dt>total</dt><dd><Value text={duration(r.total_duration_ms)} exact={durationExact(r.total_duration_ms)} why={whyNone(r, 'duration')} /></dd></div>
                  <div><dt>TTFT</dt><dd><Value text={duration(r.ttft_ms)} exact={durationExact(r.ttft_ms)} why={whyNone(r, 'first token')} /></dd></div>
                  <div><dt>ITL p99</dt><dd><Value text={duration(r.inter_token_stats?.p99_ms)} why={whyNone(r, 'stream of tokens')} /></dd></div>
                  <div><dt>output</dt><dd><Value text={rate(r.output_tokens_per_second, 'tok/s')} why={whyNone(r, 'token count')} /> <span class="note">{r.tokens ? `${count(r.tokens.completion)} tokens` : ''}</span></dd></div>
                  <div><dt>model</dt><dd>{r.model ?? r.provider ?? '–'}</dd></div>
                  {r.labels.length > 0 && <div><dt>labels</dt><dd>{r.labels.join(', ')}</dd></div>}
                </dl>
                {answer && <p class="preview-answer">{answer.slice(0, EXCERPT)}{answer.length > EXCERPT && ' …'}</p>}
              </div>
            );
          }}
        </Loaded>
      </Panel>
    </div>
  );
}
