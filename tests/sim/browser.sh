# SPDX-License-Identifier: MIT
# A headless Chromium, led by its DevTools protocol: descriptors 3 and 4 are its, messages end
# with a zero byte. To be sourced.

page_began() { # its directory
	mkfifo "$1/to" "$1/from"
	chromium --headless=new --no-sandbox --disable-gpu --window-size=1280,800 --user-data-dir="$1/profile" \
		--remote-debugging-pipe about:blank 3<"$1/to" 4>"$1/from" >/dev/null 2>&1 &
	chromium=$!
	exec 8>"$1/to" 9<"$1/from"
	message=0
	ask Target.createTarget '{"url":"about:blank"}'
	ask Target.attachToTarget "{\"flatten\":true,\"targetId\":\"$(field targetId)\"}"
	session=",\"sessionId\":\"$(field sessionId)\""
	ask Page.enable '{}'
}

page_ended() {
	exec 8>&- 9<&-
	kill "$chromium" 2>/dev/null
	wait "$chromium" 2>/dev/null
}

ask() { # METHOD PARAMETERS: into $answer
	message=$((message + 1))
	printf '{"id":%u,"method":"%s","params":%s%s}\0' $message "$1" "$2" "${session:-}" >&8
	answer=
	until [[ $answer == "{\"id\":$message,"* ]]; do
		IFS= read -r -d '' -t 30 answer <&9 || return 1
	done
}

field() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" <<<"$answer"; }

js() { # EXPRESSION without double quotes: its value, in words
	ask Runtime.evaluate "{\"expression\":\"(async()=>String(await($1)))()\",\"returnByValue\":true,\"awaitPromise\":true}"
	value=$(sed -n 's/.*"type":"string","value":"\(.*\)"}},"sessionId.*/\1/p' <<<"$answer")
}

page_open() { # FILE FRAGMENT; with another fragment of the same file it is loaded again
	ask Page.navigate '{"url":"about:blank"}'
	ask Page.navigate "{\"url\":\"file://$PWD/$1#$2\"}"
	for _ in {1..100}; do
		js "document.readyState==='complete'&&!!document.getElementById('where')&&typeof keys"
		[ "$value" = object ] && return
		sleep 0.1
	done
	return 1
}

key() { # KEY [SHIFT: 8]
	ask Input.dispatchKeyEvent "{\"type\":\"keyDown\",\"key\":\"$1\",\"modifiers\":${2:-0}}"
	ask Input.dispatchKeyEvent "{\"type\":\"keyUp\",\"key\":\"$1\"}"
}

mouse() { # TYPE X Y MORE: within the window
	ask Input.dispatchMouseEvent "{\"type\":\"$1\",\"x\":$2,\"y\":$3${4:-}}"
}

picture() { # FILE
	ask Page.captureScreenshot '{"format":"png"}'
	field data | base64 -d >"$1"
}

scheme() { # light or dark
	ask Emulation.setEmulatedMedia "{\"features\":[{\"name\":\"prefers-color-scheme\",\"value\":\"$1\"}]}"
}
